import { BANDS, bandBounds } from '../model/bands.ts';
import { dueThreads } from '../model/figures.ts';
import type { JobError } from '../model/job-error.ts';
import { inOneLine } from '../model/quote-safely.ts';
import type { CheckResult, TopThread } from '../model/results.ts';
import type { Texts } from '../texts/en.ts';
import { timeText } from '../texts/time.ts';
import { type Html, html } from './html.ts';
import { maskName, maskPhone } from './mask.ts';
import { type Theme, widgetStyle } from './style.ts';

export interface WidgetContext {
  readonly theme: Theme;
  readonly texts: Texts;
  /** IANA name. */
  readonly timezone: string;
  /** When the check was made, in ISO 8601. */
  readonly at: string;
}

/**
 * Draws a check for a CloudWatch dashboard, from 300 pixels wide. There is no script, nothing from outside, and of a phone
 * number no more than the last four digits.
 */
export function widgetHtml(result: CheckResult, context: WidgetContext): string {
  const { texts, timezone, at } = context;
  const { widget } = texts;
  return frame(
    context,
    html`${notice(result, texts)}${headline(result, texts)}
<div class="tc-columns">
${section(widget.byBand, bands(result, texts))}
${section(widget.topThreads, topThreads(result, texts))}
${section(widget.lastCleanups, lastCleanups(result, context))}
</div>
<p class="tc-quiet">${widget.limit(result.tokenLimit)} ${widget.asOf(timeText(at, 'medium', texts, timezone), timezone)}</p>`,
  );
}

/** Says in the widget's place why there is none. */
export function errorHtml({ code, message }: JobError, context: Pick<WidgetContext, 'theme' | 'texts'>): string {
  const { widget, explainedError } = context.texts;
  return frame(
    context,
    html`<div class="tc-error" role="alert"><strong>${widget.failed}: ${code}</strong><p>${explainedError(code, inOneLine(message))}</p></div>`,
  );
}

/** An element with this class turns CloudWatch's own styles off. */
function frame({ theme }: Pick<WidgetContext, 'theme'>, content: Html): string {
  return html`<div class="thread-cleanup cwdb-no-default-styles">${widgetStyle(theme)}${content}</div>`.markup;
}

function section(title: string, content: Html): Html {
  return html`<section><h3>${title}</h3>${content}</section>`;
}

/** Said above all else: threads over the limit stay, and grow. */
function notice(result: CheckResult, texts: Texts): Html {
  const { next } = result.forecast;
  if (next !== 'refused' && next !== 'paused') return html``;
  return html`<p class="tc-notice" role="status">${forecastNote(result, texts)}</p>`;
}

function forecastNote(result: CheckResult, { widget, limitFrom }: Texts): string {
  const { forecast, activeCount, tokenLimit, tokenLimitFrom } = result;
  const t = widget.forecast;
  switch (forecast.next) {
    case 'clears':
      return activeCount === 0 ? t.clears(forecast.threads) : t.clearsSome(forecast.threads, activeCount);
    case 'refused':
      return `${t.refused(forecast.share, forecast.allowed)} ${t.checkLimit(tokenLimit, limitFrom[tokenLimitFrom])}`;
    case 'paused':
      return t.paused(dueThreads(result));
    case 'nothing':
      return activeCount === 0 ? t.nothing : t.allActive;
  }
}

function headline(result: CheckResult, texts: Texts): Html {
  const { widget, number, percent } = texts;
  const { activeThreads, nearLimitThreads, overLimitThreads, tokenLimit, topThreads, forecast } = result;
  const isUsual = forecast.next === 'clears' || forecast.next === 'nothing';
  const overNote = isUsual ? forecastNote(result, texts) : widget.from(tokenLimit);
  const card = (title: string, figure: number, note: string, colour = '') =>
    html`<div class="tc-card"><div class="tc-quiet">${title}</div><div class="tc-figure ${colour}">${breakable(number(figure))}</div><div class="tc-quiet">${note}</div></div>`;
  return html`<div class="tc-cards">
${card(widget.overLimit, overLimitThreads, overNote, overLimitThreads > 0 ? 'tc-critical' : '')}
${card(widget.nearLimit, nearLimitThreads, widget.from(bandBounds(tokenLimit)[2]), nearLimitThreads > 0 ? 'tc-warning' : '')}
${card(widget.activeThreads, activeThreads, widget.ofContacts(result.totalContacts))}
${card(widget.totalTokens, result.totalTokens, widget.average(result.averageTokens))}
${card(widget.largestThread, result.maxTokens, widget.ofLimit(percent(topThreads[0]?.percent ?? 0)))}
</div>`;
}

/** A number that may continue in the next line after a separator. */
function breakable(figure: string): readonly Html[] {
  return figure.split(/(?<=[.,])/).map((group, index) => (index === 0 ? html`${group}` : html`<wbr>${group}`));
}

function bands({ bands: figures, activeThreads }: CheckResult, texts: Texts): Html {
  const { widget } = texts;
  const rows = BANDS.map((band) => {
    const { threads, tokens } = figures[band];
    const share = activeThreads === 0 ? 0 : threads / activeThreads;
    return html`<tr><th scope="row" class="tc-${band}">${texts.bands[band]}</th><td class="tc-quiet">${widget.ranges[band]}</td><td class="tc-bar">${bar(share, band)}</td><td class="tc-number">${widget.threads(threads)}</td><td class="tc-number tc-quiet">${widget.tokens(tokens)}</td></tr>`;
  });
  return html`<table class="tc-bands"><tbody>${rows}</tbody></table>`;
}

function topThreads({ topThreads: threads, tokenLimit }: CheckResult, texts: Texts): Html {
  const { widget } = texts;
  const [largest] = threads;
  if (largest === undefined) return html`<p class="tc-quiet">${widget.noThreads}</p>`;
  const scale = Math.max(tokenLimit, largest.tokens);
  const mark = largest.tokens > tokenLimit ? tokenLimit / scale : undefined;
  const rows = threads.map((thread) => topThread(thread, texts, bar(thread.tokens / scale, thread.band, mark)));
  return html`<table class="tc-top"><tbody>${rows}</tbody></table>${mark === undefined ? '' : html`<p class="tc-quiet">${widget.limitMark}</p>`}`;
}

function topThread({ name, phone, tokens, percent, band }: TopThread, texts: Texts, drawnBar: Html): Html {
  const shown = cut(maskName(name, phone) ?? texts.widget.noName);
  return html`<tr><th scope="row" title="${shown}"><bdi>${shown}</bdi></th><td class="tc-quiet tc-phone">${maskPhone(phone)}</td><td class="tc-bar">${drawnBar}</td><td class="tc-number">${texts.number(tokens)}</td><td class="tc-number tc-percent">${texts.percent(percent)}</td><td class="tc-band tc-${band}">${texts.bands[band]}</td></tr>`;
}

function lastCleanups({ recentCleanups }: CheckResult, { texts, timezone }: WidgetContext): Html {
  const { widget } = texts;
  if (recentCleanups.length === 0) return html`<p class="tc-quiet">${widget.noCleanups}</p>`;
  const rows = recentCleanups.map(
    ({ executionTime, cleanedCount, totalTokensCleared }) =>
      html`<tr><th scope="row">${executionTime === null ? '–' : timeText(executionTime, 'medium', texts, timezone)}</th><td class="tc-number">${widget.threads(cleanedCount)}</td><td class="tc-number tc-quiet">${widget.tokens(totalTokensCleared)}</td></tr>`,
  );
  return html`<table class="tc-cleanups"><tbody>${rows}</tbody></table>`;
}

/**
 * @param share of the bar's full width, 0 to 1
 * @param mark where a line is drawn, 0 to 1
 */
function bar(share: number, band: string, mark?: number): Html {
  const line = mark === undefined ? '' : html`<span class="tc-mark" style="left:${percentage(mark)}"></span>`;
  const fill = share === 0 ? '' : html`<span class="tc-fill tc-${band}" style="width:${percentage(share)}"></span>`;
  return html`<span class="tc-track">${fill}${line}</span>`;
}

const percentage = (share: number) => `${(share * 100).toFixed(2)}%`;

/** Nobody reads more of a name, and what strangers call themselves may be long. */
const MAX_NAME_CHARACTERS = 60;

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_NAME_CHARACTERS ? text : `${characters.slice(0, MAX_NAME_CHARACTERS).join('')}…`;
}
