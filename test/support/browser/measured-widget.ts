import { renderedPage } from './chromium.ts';

/** Layout of one widget, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** How far anything stands out beyond the widget's right edge. */
  readonly overflow: number;
  /** Texts that do not fit into their element, apart from names, which end in an ellipsis. */
  readonly clipped: readonly string[];
  readonly names: readonly { readonly text: string; readonly cut: boolean }[];
  readonly bars: readonly { readonly track: number; readonly fill: number; readonly mark: number | null }[];
  /** Top of each section's heading, and its left edge. */
  readonly headings: readonly { readonly top: number; readonly left: number }[];
  /** The faintest text's contrast to the ground, as a share of what WCAG 2.2 asks of a text of its size (level AA). */
  readonly contrast: number;
}

export interface Case {
  readonly html: string;
  /** Pixels. */
  readonly width: number;
  readonly background: string;
}

/** Draws each widget in a box of its own, out of reach of the others' styles, and measures it. One browser for all. */
export async function measureWidgets(cases: readonly Case[]): Promise<Layout[]> {
  const boxes = cases.map(
    ({ html, width, background }) =>
      `<div class="box" style="width:${width}px;background:${background}"><template shadowrootmode="open">${html}</template></div>`,
  );
  const page = `<!doctype html><meta charset="utf-8"><body>${boxes.join('')}<pre id="facts"></pre><script>(${measure})()</script>`;
  const dom = await renderedPage(page, Math.max(...cases.map(({ width }) => width)) + 100);
  const facts = /<pre id="facts">(.*?)<\/pre>/s.exec(dom)?.[1];
  if (facts === undefined) throw new Error(`The browser measured nothing:\n${dom}`);
  return JSON.parse(decodeURIComponent(facts));
}

/** Runs in the browser: it stands outside of the widget's HTML, which must do without scripts. */
const measure = String.raw`function () {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/\d+/g).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const facts = [...document.querySelectorAll('.box')].map((box) => {
    const widget = box.shadowRoot.querySelector('.thread-cleanup');
    const all = [...widget.querySelectorAll('*')].filter((element) => element.tagName !== 'STYLE');
    const texts = all.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
    const { right, left, width, height, top } = box.getBoundingClientRect();
    const isName = (element) => element.closest('.tc-top th') !== null;
    const ground = getComputedStyle(box).backgroundColor;
    const rectangle = (element) => element.getBoundingClientRect();
    return {
      width,
      height,
      overflow: Math.max(box.scrollWidth - box.clientWidth, ...all.filter((e) => e.tagName !== 'BDI').map((e) => rectangle(e).right - right)),
      clipped: texts.filter((e) => !isName(e) && getComputedStyle(e).display !== 'inline' && e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.textContent),
      names: [...widget.querySelectorAll('.tc-top th')].map((e) => ({
        text: e.textContent, cut: e.scrollWidth > e.clientWidth })),
      bars: [...widget.querySelectorAll('.tc-track')].map((track) => {
        const fill = track.querySelector('.tc-fill');
        const mark = track.querySelector('.tc-mark');
        return { track: rectangle(track).width, fill: fill ? rectangle(fill).width : 0,
          mark: mark ? rectangle(mark).left - rectangle(track).left : null };
      }),
      headings: [...widget.querySelectorAll('h3')].map((e) => ({ top: rectangle(e).top - top, left: rectangle(e).left - left })),
      contrast: Math.min(...texts.map((e) => {
        const { color, fontSize, fontWeight } = getComputedStyle(e);
        const isLarge = parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700;
        return contrast(color, ground) / (isLarge ? 3 : 4.5);
      })),
    };
  });
  document.querySelector('#facts').textContent = encodeURIComponent(JSON.stringify(facts));
}`;
