(async () => {
  const lost = [];
  const settle = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const links = Array.from(document.querySelectorAll('a[href^="#"]'));
  const step = Math.max(1, Math.floor(links.length / 60));
  for (let index = 0; index < links.length; index += step) {
    const link = links[index];
    location.hash = '';
    link.click();
    await settle();
    const target = document.getElementById(link.hash.slice(1));
    const box = target.getBoundingClientRect();
    const isSeen = box.height > 0 && box.top < innerHeight && box.bottom > 0;
    if (!isSeen || !target.checkVisibility()) {
      lost.push(`${link.hash}: ${box.top} to ${box.bottom}`);
    }
  }
  return lost;
})()
