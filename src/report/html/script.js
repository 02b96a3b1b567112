'use strict';
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const form = document.getElementById('filter');
  const words = document.getElementById('words');
  const least = document.getElementById('least');
  const matches = document.getElementById('matches');
  const boxes = all('#filter input[type=checkbox]');
  const findings = all('.finding');
  const items = all('.finding, .object[id], .list li, .rows tbody tr[data-in], .rows tbody[data-in]');
  const texts = new Map();

  const textOf = (item) => {
    if (!texts.has(item)) {
      texts.set(item, item.textContent.toLowerCase());
    }
    return texts.get(item);
  };

  const places = (item) => item.dataset.in.split(' ').filter((it) => it !== '');

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter((it) => it !== '');
    const shown = new Set(boxes.filter((it) => it.checked).map((it) => it.value));
    const isNarrowed = wanted.length > 0 || shown.size < boxes.length || least.value !== '0';
    for (const item of items) {
      const where = places(item);
      const isThere = where.length === 0 || where.some((it) => shown.has(it));
      const isBad = item.dataset.rank === undefined || Number(item.dataset.rank) >= Number(least.value);
      const isMeant = !item.matches('.finding, .object') || wanted.every((it) => textOf(item).includes(it));
      item.hidden = !(isThere && isBad && isMeant);
    }
    for (const column of all('.matrix thead th[data-in]')) {
      column.classList.toggle('left', !shown.has(column.dataset.in));
    }
    const count = (list) => list.filter((it) => !it.hidden).length;
    const objects = items.filter((it) => it.matches('.object'));
    matches.textContent = isNarrowed
      ? `${count(findings)} of ${findings.length} findings, ${count(objects)} of ${objects.length} objects`
      : '';
    if (isNarrowed && wanted.length > 0) {
      for (const group of all('.kind-group')) {
        group.open = group.querySelector('.object:not([hidden])') !== null;
      }
    }
  };

  const reveal = (target) => {
    for (let it = target; it !== null; it = it.parentElement) {
      if (it instanceof HTMLDetailsElement) {
        it.open = true;
      }
      if (it.hidden) {
        it.hidden = false;
      }
    }
  };

  const walk = (step) => {
    const shown = findings.filter((it) => !it.hidden);
    if (shown.length === 0) {
      return;
    }
    const here = shown.indexOf(document.activeElement?.closest('.finding'));
    const next = here < 0 ? (step > 0 ? 0 : shown.length - 1) : here + step;
    const target = shown[Math.min(Math.max(next, 0), shown.length - 1)];
    reveal(target);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'nearest' });
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === 'Escape' && form.contains(document.activeElement)) {
      words.value = '';
      filter();
      document.activeElement.blur();
      return;
    }
    if (document.activeElement?.matches('input[type=search], select')) {
      return;
    }
    if (event.key === '/') {
      event.preventDefault();
      words.focus();
    } else if (event.key === 'j') {
      walk(1);
    } else if (event.key === 'k') {
      walk(-1);
    }
  });

  const follow = () => {
    const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
    if (target !== null) {
      reveal(target);
      target.scrollIntoView();
    }
  };

  let folded = [];
  window.addEventListener('beforeprint', () => {
    folded = all('details:not([open])');
    folded.forEach((it) => { it.open = true; });
  });
  window.addEventListener('afterprint', () => {
    folded.forEach((it) => { it.open = false; });
  });
  window.addEventListener('hashchange', follow);
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  follow();
})();
