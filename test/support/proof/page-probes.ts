/**
 * Questions that are asked inside the browser, as source texts: what they touch (document, styles, boxes) exists
 * there alone.
 */

/** How many pixels the page is wider than the window, and which elements stick out. */
export const OVERFLOW = `(() => {
  const width = document.documentElement.clientWidth;
  const inScroller = (element) => element.closest('.scroll') !== null;
  const out = [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && !inScroller(element) && (box.right > width + 1 || box.left < -1);
  });
  return {
    pixels: document.documentElement.scrollWidth - width,
    elements: out.map((element) => element.outerHTML.slice(0, 120)),
  };
})()`;

/** Drawings without a size, or without a name for those who cannot see them. */
export const BAD_DRAWINGS = `[...document.querySelectorAll('svg[role=img]')].filter((svg) => {
  if (getComputedStyle(svg.parentElement).display === 'none') return false;
  const box = svg.getBoundingClientRect();
  const named = svg.getAttribute('aria-labelledby').split(' ').every((id) => document.getElementById(id)?.textContent);
  return box.width < 200 || box.height < 60 || !named;
}).map((svg) => svg.outerHTML.slice(0, 120))`;

/** Texts whose contrast to what is behind them is below WCAG 2.2 AA: 4.5, or 3 where letters are large. */
export const LOW_CONTRAST = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((it) => it / 255)
    .map((it) => (it <= 0.03928 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4))
    .reduce((sum, it, i) => sum + it * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const ownText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
  return [...document.querySelectorAll('body *')].filter(ownText).flatMap((element) => {
    const style = getComputedStyle(element);
    if (element.closest('title, desc, .defs') || element.classList.contains('badge-number')) return [];
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const color = element instanceof SVGElement ? style.fill : style.color;
    const found = ratio(rgba(color), behind(element));
    return found < (large ? 3 : 4.5) ? [found.toFixed(2) + ' ' + element.outerHTML.slice(0, 100)] : [];
  });
})()`;

/** Letters of charts that lie on each other, among those that are drawn over the bars. */
export const COLLISIONS = `[...document.querySelectorAll('.chart, .topology')].flatMap((chart) => {
  const texts = [...chart.querySelectorAll('text:not(.badge-number)')]
    .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  return texts.flatMap((a, i) => texts.slice(i + 1)
    .filter((b) => Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1
      && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 4)
    .map((b) => a.text + ' | ' + b.text));
})`;

/** Opens all that can be opened; how many there were. */
export const OPEN_ALL = `(() => {
  const all = [...document.querySelectorAll('details')];
  for (const details of all) details.open = true;
  return all.length;
})()`;

/** Sections that do not show their content. */
export const CLOSED = `[...document.querySelectorAll('details:not(.events) > .body')]
  .filter((body) => !body.checkVisibility() || body.getBoundingClientRect().height < 20).length`;
