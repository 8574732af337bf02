import { type Html, html } from './html.ts';

export type Theme = 'light' | 'dark';

/** Text and bars are drawn on the dashboard's own ground; every bar's colour has a contrast of 3 : 1 or more to it. */
const COLOURS: Readonly<Record<Theme, string>> = {
  light:
    '--tc-text:#0f141a;--tc-quiet:#5a5f6b;--tc-line:#dedee3;--tc-track:#ebebf0;--tc-normal:#1d8a5a;--tc-caution:#b98500;' +
    '--tc-warning:#d4600a;--tc-critical:#c5221f',
  dark:
    '--tc-text:#ebebf0;--tc-quiet:#b4b8c2;--tc-line:#424650;--tc-track:#333a45;--tc-normal:#3fb883;--tc-caution:#e3c02f;' +
    '--tc-warning:#ff9348;--tc-critical:#ff7a73',
};

/**
 * The style sheet. Every rule begins with the widget's own class, because the page belongs to others; sizes follow the
 * widget's width, not the window's. There is no "less than" sign in it: sanitizers take one for markup.
 */
export function widgetStyle(theme: Theme): Html {
  return html`<style>.thread-cleanup{${{ markup: COLOURS[theme] }}}${{ markup: RULES }}</style>`;
}

const RULES = `
.thread-cleanup{container-type:inline-size;color:var(--tc-text);font:14px/1.43 "Amazon Ember","Open Sans","Helvetica Neue",Roboto,Arial,sans-serif;font-variant-numeric:tabular-nums;padding:2px}
.thread-cleanup *{box-sizing:border-box}
.thread-cleanup h3{font-size:14px;font-weight:700;margin:20px 0 6px;padding:0}
.thread-cleanup p{margin:6px 0 0}
.thread-cleanup .tc-quiet{color:var(--tc-quiet);font-size:12px}
.thread-cleanup .tc-cards{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px 16px}
.thread-cleanup .tc-card{border-left:3px solid var(--tc-line);padding-left:10px;min-width:0}
.thread-cleanup .tc-figure{font-size:22px;font-weight:700;line-height:1.3;overflow-wrap:anywhere}
.thread-cleanup .tc-normal{--tc-band:var(--tc-normal)}
.thread-cleanup .tc-caution{--tc-band:var(--tc-caution)}
.thread-cleanup .tc-warning{--tc-band:var(--tc-warning)}
.thread-cleanup .tc-critical{--tc-band:var(--tc-critical)}
.thread-cleanup .tc-figure{color:var(--tc-band,inherit)}
.thread-cleanup table{border-collapse:collapse;width:100%;margin:0}
.thread-cleanup th,.thread-cleanup td{text-align:left;font-weight:400;padding:4px 12px 4px 0;white-space:nowrap;border:0;vertical-align:baseline}
.thread-cleanup tr{border-bottom:1px solid var(--tc-line)}
.thread-cleanup tr:last-child{border-bottom:0}
.thread-cleanup td:last-child{padding-right:0}
.thread-cleanup .tc-number{text-align:right}
.thread-cleanup .tc-bands th::before,.thread-cleanup .tc-band::before{content:"";display:inline-block;width:8px;height:8px;border-radius:2px;margin-right:7px;background:var(--tc-band)}
.thread-cleanup .tc-bar{width:100%;min-width:62px}
.thread-cleanup .tc-track{display:block;position:relative;height:10px;border-radius:2px;background:var(--tc-track)}
.thread-cleanup .tc-fill{display:block;height:100%;min-width:2px;border-radius:2px;background:var(--tc-band)}
.thread-cleanup .tc-mark{position:absolute;top:-3px;bottom:-3px;width:0;border-left:2px solid var(--tc-text)}
.thread-cleanup .tc-top th{max-width:min(200px,18cqw);overflow:hidden;text-overflow:ellipsis}
.thread-cleanup .tc-cleanups th{width:100%}
.thread-cleanup .tc-notice{border-left:4px solid var(--tc-warning);margin:0 0 14px;padding:2px 0 2px 10px;font-weight:700}
.thread-cleanup .tc-error{border:1px solid var(--tc-critical);border-left-width:4px;border-radius:2px;padding:10px 14px;overflow-wrap:anywhere}
.thread-cleanup .tc-error p{white-space:pre-wrap}
@container (min-width:420px){
.thread-cleanup .tc-cards{grid-template-columns:repeat(3,minmax(0,1fr))}
}
@container (min-width:760px){
.thread-cleanup .tc-cards{grid-template-columns:repeat(5,minmax(0,1fr))}
}
@container (min-width:960px){
.thread-cleanup .tc-columns{display:grid;grid-template:auto 1fr / minmax(0,2fr) minmax(0,3fr);gap:0 40px}
.thread-cleanup .tc-columns section:nth-child(2){grid-area:1 / 2 / 3 / 3}
}
@container (max-width:559px){
.thread-cleanup .tc-bands tr,.thread-cleanup .tc-top tr{display:grid;gap:2px 10px;align-items:baseline;padding:6px 0}
.thread-cleanup .tc-bands th,.thread-cleanup .tc-bands td,.thread-cleanup .tc-top th,.thread-cleanup .tc-top td{padding:0;max-width:none;min-width:0}
.thread-cleanup .tc-bands tr{grid-template-columns:auto 1fr auto}
.thread-cleanup .tc-bands .tc-bar{grid-column:1 / -1;grid-row:2}
.thread-cleanup .tc-bands .tc-number{white-space:normal}
.thread-cleanup .tc-bands .tc-number.tc-quiet{grid-column:1 / -1;grid-row:3}
.thread-cleanup .tc-top tr{grid-template-columns:minmax(0,auto) minmax(max-content,1fr) auto}
.thread-cleanup .tc-top .tc-bar{grid-column:1 / -1;grid-row:2}
.thread-cleanup .tc-top .tc-percent{grid-column:3;grid-row:1}
.thread-cleanup .tc-top .tc-number:not(.tc-percent){grid-column:1 / 3;grid-row:3;text-align:left}
.thread-cleanup .tc-top .tc-band{grid-column:3;grid-row:3;justify-self:end}
.thread-cleanup .tc-cleanups tr{display:flex;flex-wrap:wrap;justify-content:space-between;padding:4px 0}
.thread-cleanup .tc-cleanups th{padding:0}
.thread-cleanup .tc-cleanups td{padding:0}
}`;
