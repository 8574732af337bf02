import { BANDS, type Band } from '../../lambda/bands.ts';
import type { CheckResult } from '../../lambda/check.ts';
import type { AuditRowDetails } from './audit-rows.ts';
import { harmless } from './harmless.ts';
import { bar, table, wrap } from './layout.ts';
import { auditRowText, BAND_TEXTS, moreAuditRows, moreThreads, number, percent, TEXTS, time } from './texts.ts';

/** What the reports are drawn on. */
export interface Page {
  /** Terminal columns. */
  readonly columns: number;
  /** Colours a text, where colours are wanted. */
  readonly paint: (colour: Colour, text: string) => string;
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
/** Texts of strangers that are no names; longer ones are cut. */
const MOST_PHONE_COLUMNS = 20;
const MOST_THREAD_ID_COLUMNS = 32;
/** Audit rows and threads of them that are listed. */
export const MOST_AUDIT_ROWS = 5;
export const MOST_AUDITED_THREADS = 10;

/** Draws the state of the threads: a bar a band, the largest threads, the last cleanups. */
export function drawState(title: string, result: CheckResult, page: Page): string {
  return lines(
    '',
    page.paint('bold', title),
    ...wrap(result.summary, page.columns),
    '',
    ...bands(result, page),
    '',
    `  ${page.paint('bold', TEXTS.largestThreads)}`,
    ...largestThreads(result, page),
    '',
    `  ${page.paint('bold', TEXTS.lastCleanups)}`,
    ...lastCleanups(result, page),
  );
}

/** Draws what a cleanup said. */
export function drawSummary(title: string, summary: string, page: Page): string {
  return lines('', page.paint('bold', title), ...wrap(summary, page.columns));
}

/** Draws the audit rows of a cleanup, with their largest threads. */
export function drawAuditRows(rows: readonly AuditRowDetails[], rowCount: number, page: Page): string {
  let room = MOST_AUDITED_THREADS;
  const drawn = rows.flatMap((row) => {
    const listed = row.threads.slice(0, room);
    room -= listed.length;
    const more = row.cleanedCount - listed.length;
    const heading = auditRowText(row.id, row.executionTime, row.cleanedCount, row.totalTokensCleared);
    return [
      '',
      page.paint('bold', heading),
      ...(listed.length > 0 ? auditedThreads(listed, page) : []),
      ...(listed.length > 0 && more > 0 ? [`  ${moreThreads(more)}`] : []),
    ];
  });
  return lines(...drawn, ...(rowCount > rows.length ? [moreAuditRows(rowCount - rows.length)] : []));
}

function bands(result: CheckResult, page: Page): string[] {
  const rows = BANDS.map((band) => {
    const { threads, tokens } = result.bands[band];
    const share = result.activeThreads === 0 ? 0 : threads / result.activeThreads;
    const { name, range } = BAND_TEXTS[band];
    return [name, range, bar(share, BAND_BAR_COLUMNS), number(threads), number(tokens)];
  });
  const columns = [
    { title: TEXTS.band },
    { title: TEXTS.ofLimit },
    { title: '' },
    { title: TEXTS.threads, align: 'right' as const },
    { title: TEXTS.tokens, align: 'right' as const },
  ];
  return table(columns, rows, page.columns, (text, row, column) => {
    const band = BANDS[row];
    if (band === undefined) return page.paint('dim', text);
    return column === 0 || column === 2 ? page.paint(BAND_COLOURS[band], text) : text;
  });
}

function largestThreads({ topThreads }: CheckResult, page: Page): string[] {
  if (topThreads.length === 0) return [`  ${TEXTS.noThreads}`];
  const rows = topThreads.map((thread) => [
    bar(Math.min(1, thread.percent / 100), THREAD_BAR_COLUMNS),
    percent(thread.percent),
    BAND_TEXTS[thread.band].name,
    number(thread.tokens),
    harmless(thread.phone),
    harmless(thread.name),
  ]);
  const columns = [
    { title: '' },
    { title: '', align: 'right' as const },
    { title: TEXTS.band },
    { title: TEXTS.tokens, align: 'right' as const },
    { title: TEXTS.phone, most: MOST_PHONE_COLUMNS },
    { title: TEXTS.name },
  ];
  return table(columns, rows, page.columns, (text, row, column) => {
    const thread = topThreads[row];
    if (thread === undefined) return page.paint('dim', text);
    return column === 0 || column === 2 ? page.paint(BAND_COLOURS[thread.band], text) : text;
  });
}

function lastCleanups({ recentCleanups }: CheckResult, page: Page): string[] {
  if (recentCleanups.length === 0) return [`  ${TEXTS.noCleanups}`];
  const rows = recentCleanups.map((run) => [
    time(run.executionTime),
    number(run.cleanedCount),
    number(run.totalTokensCleared),
    number(run.id),
  ]);
  const columns = [
    { title: TEXTS.time },
    { title: TEXTS.threads, align: 'right' as const },
    { title: TEXTS.tokens, align: 'right' as const },
    { title: TEXTS.auditRow, align: 'right' as const },
  ];
  return table(columns, rows, page.columns, titlesDim(page));
}

function auditedThreads(threads: AuditRowDetails['threads'], page: Page): string[] {
  const rows = threads.map((thread) => [
    number(thread.tokens),
    harmless(thread.phone),
    harmless(thread.threadId ?? '–'),
    harmless(thread.name),
  ]);
  const columns = [
    { title: TEXTS.tokens, align: 'right' as const },
    { title: TEXTS.phone, most: MOST_PHONE_COLUMNS },
    { title: TEXTS.thread, most: MOST_THREAD_ID_COLUMNS },
    { title: TEXTS.name },
  ];
  return table(columns, rows, page.columns, titlesDim(page));
}

const titlesDim = (page: Page) => (text: string, row: number) => (row < 0 ? page.paint('dim', text) : text);

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
