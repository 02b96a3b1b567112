(() => {
  const problems = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = Array.from(document.querySelectorAll('body *'))
      .filter((it) => it.getBoundingClientRect().right > root.clientWidth + 1 && !it.closest('.scroll'));
    problems.push(`${root.scrollWidth} wide: ${wide.slice(0, 3).map((it) => it.outerHTML.slice(0, 80))}`);
  }
  const parse = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const backOf = (element) => {
    for (let it = element; it !== null; it = it.parentElement) {
      const back = parse(getComputedStyle(it).backgroundColor);
      if (back.alpha === 1) {
        return back;
      }
      if (back.alpha !== 0) {
        problems.push(`half of a colour behind ${it.outerHTML.slice(0, 80)}`);
      }
    }
    return { red: 255, green: 255, blue: 255 };
  };
  const light = ({ red, green, blue }) => {
    const [r, g, b] = [red, green, blue].map((it) => {
      const share = it / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text !== null && seen.size < 2000; text = walker.nextNode()) {
    const element = text.parentElement;
    if (text.data.trim() === '' || element.closest('script, title') !== null || !element.checkVisibility()) {
      continue;
    }
    const front = getComputedStyle(element).color;
    const back = backOf(element);
    const key = `${front} ${JSON.stringify(back)}`;
    if (seen.has(key)) {
      continue;
    }
    seen.add(key);
    const [brighter, darker] = [light(parse(front)), light(back)].sort((a, b) => b - a);
    const contrast = (brighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) {
      problems.push(`${contrast.toFixed(2)}: ${element.outerHTML.slice(0, 80)} ${key}`);
    }
  }
  return problems;
})()
