import { BANDS, type Band } from '../../../lambda/model/bands.ts';
import type { CheckResult, Summarised } from '../../../lambda/model/results.ts';
import type { Colour } from './colours.ts';
import { escapeControls } from './escape.ts';
import { bar, type Column, paintBar, table, tableWidth, wrap } from './layout.ts';
import { lines, type Page } from './page.ts';
import { runTable } from './runs.ts';

const BAND_COLOURS: Readonly<Record<Band, Colour>> = {
  normal: 'green',
  caution: 'yellow',
  warning: 'orange',
  critical: 'red',
};
/** Columns of a bar, where there is room: it takes what its table leaves, and below the least it is left out. */
const MOST_BAR_COLUMNS = 24;
const LEAST_BAR_COLUMNS = 6;
/** Columns that names have beside a bar. */
const NAME_COLUMNS = 16;
/** A phone number is somebody else's text; a longer one is cut. */
export const MAX_PHONE_COLUMNS = 20;

/** Draws the state of the threads: a bar a band, the largest threads, the last cleanups. */
export function drawState(title: string, result: Summarised<CheckResult>, page: Page): string {
  const { texts, paint, columns, timezone } = page;
  return lines(
    '',
    paint('bold', title),
    ...wrap(result.summary, columns),
    '',
    ...bands(result, page),
    '',
    `  ${paint('bold', texts.largestThreads)}`,
    ...largestThreads(result, page),
    '',
    `  ${paint('bold', texts.lastCleanups(timezone))}`,
    ...runTable(result.recentCleanups, page),
  );
}

/** Draws how many threads are in each band, with a bar for each. */
export function drawBands(title: string, result: CheckResult, page: Page): string {
  return lines('', page.paint('bold', title), ...bands(result, page));
}

function bands(result: CheckResult, page: Page): string[] {
  const { job, ...texts } = page.texts;
  const rows = (barColumns: number) =>
    BANDS.map((band) => {
      const { threads, tokens } = result.bands[band];
      const share = result.activeThreads === 0 ? 0 : threads / result.activeThreads;
      const figures = [job.number(threads), job.number(tokens)];
      return [job.bands[band], texts.bandRanges[band], bar(share, barColumns), ...figures];
    });
  const columns = [
    { title: texts.band },
    { title: texts.ofLimit },
    { title: '' },
    { title: texts.threads, align: 'right' as const },
    { title: texts.tokens, align: 'right' as const },
  ];
  return tableWithBars({ columns, rows, bands: BANDS, bandColumn: 0, barColumn: 2 }, page);
}

/** The bars have one scale, up to the largest thread or the limit, and a mark at the limit. */
function largestThreads({ topThreads, tokenLimit }: CheckResult, page: Page): string[] {
  const { job, ...texts } = page.texts;
  if (topThreads.length === 0) return [`  ${texts.noThreads}`];
  const scale = Math.max(tokenLimit, ...topThreads.map(({ tokens }) => tokens));
  const rows = (barColumns: number) =>
    topThreads.map((thread) => [
      bar(thread.tokens / scale, barColumns, tokenLimit / scale),
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
    { title: texts.name, most: NAME_COLUMNS },
  ];
  const threadBands = topThreads.map(({ band }) => band);
  return tableWithBars({ columns, rows, bands: threadBands, bandColumn: 2, barColumn: 0 }, page);
}

interface BarTable {
  readonly columns: readonly Column[];
  /** Its rows, with bars of so many columns. */
  readonly rows: (barColumns: number) => readonly (readonly string[])[];
  /** Of each row. */
  readonly bands: readonly Band[];
  readonly bandColumn: number;
  readonly barColumn: number;
}

/** Draws a table whose bars take what it leaves; where that is too little, it has none. */
function tableWithBars({ columns, rows, bands, bandColumn, barColumn }: BarTable, page: Page): string[] {
  const room = page.columns - tableWidth(columns, rows(0));
  const barColumns = room < LEAST_BAR_COLUMNS ? 0 : Math.min(MOST_BAR_COLUMNS, room);
  const shown = <T>(cells: readonly T[]) => cells.filter((_, index) => barColumns > 0 || index !== barColumn);
  // The last column is cut to what is left, not to what it has beside a bar.
  const drawn = columns.map(({ most, ...column }, index) =>
    most && index < columns.length - 1 ? { ...column, most } : column,
  );
  const isOf = (column: number, wanted: number) =>
    column === (barColumns === 0 && wanted > barColumn ? wanted - 1 : wanted);
  return table(shown(drawn), rows(barColumns).map(shown), page.columns, (text, row, column) => {
    const band = bands[row];
    if (band === undefined) return page.paint('dim', text);
    if (barColumns > 0 && column === barColumn) return paintBar(text, page.paint, BAND_COLOURS[band]);
    return isOf(column, bandColumn) ? page.paint(BAND_COLOURS[band], text) : text;
  });
}
