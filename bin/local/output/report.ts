import { BANDS, type Band } from '../../../lambda/model/bands.ts';
import type { CheckResult, Summarised } from '../../../lambda/model/results.ts';
import type { TerminalTexts } from '../texts/en.ts';
import { escapeControls } from './escape.ts';
import { bar, table, wrap } from './layout.ts';
import { localTime } from './time.ts';

/** What the reports are drawn on, and for whom. */
export interface Page {
  /** Terminal columns. */
  readonly columns: number;
  /** Colours a text, where colours are wanted. */
  readonly paint: (colour: Colour, text: string) => string;
  readonly texts: TerminalTexts;
  /** IANA name. */
  readonly timezone: string;
}
export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'magenta' | 'red';

const BAND_COLOURS: Readonly<Record<Band, Colour>> = {
  normal: 'green',
  caution: 'yellow',
  warning: 'magenta',
  critical: 'red',
};
const BAND_BAR_COLUMNS = 24;
const THREAD_BAR_COLUMNS = 10;
/** A phone number is somebody else's text; a longer one is cut. */
export const MAX_PHONE_COLUMNS = 20;

/** Draws the state of the threads: a bar a band, the largest threads, the last cleanups. */
export function drawState(title: string, result: Summarised<CheckResult>, page: Page): string {
  return lines(
    '',
    page.paint('bold', title),
    ...wrap(result.summary, page.columns),
    '',
    ...bands(result, page),
    '',
    `  ${page.paint('bold', page.texts.largestThreads)}`,
    ...largestThreads(result, page),
    '',
    `  ${page.paint('bold', page.texts.lastCleanups)}`,
    ...lastCleanups(result, page),
  );
}

/** Draws what a cleanup or a restore said. */
export function drawSummary(title: string, summary: string, page: Page): string {
  return lines('', page.paint('bold', title), ...wrap(summary, page.columns));
}

function bands(result: CheckResult, page: Page): string[] {
  const { job, ...texts } = page.texts;
  const rows = BANDS.map((band) => {
    const { threads, tokens } = result.bands[band];
    const share = result.activeThreads === 0 ? 0 : threads / result.activeThreads;
    const figures = [job.number(threads), job.number(tokens)];
    return [job.bands[band], texts.bandRanges[band], bar(share, BAND_BAR_COLUMNS), ...figures];
  });
  const columns = [
    { title: texts.band },
    { title: texts.ofLimit },
    { title: '' },
    { title: texts.threads, align: 'right' as const },
    { title: texts.tokens, align: 'right' as const },
  ];
  return table(columns, rows, page.columns, (text, row, column) => {
    const band = BANDS[row];
    if (band === undefined) return page.paint('dim', text);
    return column === 0 || column === 2 ? page.paint(BAND_COLOURS[band], text) : text;
  });
}

function largestThreads({ topThreads }: CheckResult, page: Page): string[] {
  const { job, ...texts } = page.texts;
  if (topThreads.length === 0) return [`  ${texts.noThreads}`];
  const rows = topThreads.map((thread) => [
    bar(Math.min(1, thread.percent / 100), THREAD_BAR_COLUMNS),
    job.percent(thread.percent),
    job.bands[thread.band],
    job.number(thread.tokens),
    escapeControls(thread.phone),
    escapeControls(thread.name),
  ]);
  const columns = [
    { title: '' },
    { title: '', align: 'right' as const },
    { title: texts.band },
    { title: texts.tokens, align: 'right' as const },
    { title: texts.phone, most: MAX_PHONE_COLUMNS },
    { title: texts.name },
  ];
  return table(columns, rows, page.columns, (text, row, column) => {
    const thread = topThreads[row];
    if (thread === undefined) return page.paint('dim', text);
    return column === 0 || column === 2 ? page.paint(BAND_COLOURS[thread.band], text) : text;
  });
}

function lastCleanups({ recentCleanups }: CheckResult, page: Page): string[] {
  const { job, ...texts } = page.texts;
  if (recentCleanups.length === 0) return [`  ${texts.noCleanups}`];
  const rows = recentCleanups.map((run) => [
    localTime(run.executionTime, page.timezone),
    job.number(run.cleanedCount),
    job.number(run.totalTokensCleared),
    // Without separators, as the command line takes it.
    String(run.id),
  ]);
  const columns = [
    { title: texts.time(page.timezone) },
    { title: texts.threads, align: 'right' as const },
    { title: texts.tokens, align: 'right' as const },
    { title: texts.auditRow, align: 'right' as const },
  ];
  return table(columns, rows, page.columns, titlesDim(page));
}

/** The `paint` of a table whose titles alone are coloured. */
export const titlesDim = (page: Page) => (text: string, row: number) => (row < 0 ? page.paint('dim', text) : text);

/** Ends every text with a line break, the last one too, so that reports can follow one another. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
