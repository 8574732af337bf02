import type { RecentCleanup } from '../../../lambda/model/results.ts';
import { restoreCommand } from '../command-line.ts';
import { hang, table, tableWidth } from './layout.ts';
import { lines, type Page, titlesDim } from './page.ts';
import { localTime } from './time.ts';

/** Draws the last cleanups, one a line, and how to restore one of them. */
export function drawRestorable(runs: readonly RecentCleanup[], page: Page): string {
  const { texts, paint } = page;
  const title = ['', paint('bold', texts.lastCleanups(page.timezone))];
  if (runs.length === 0) return lines(...title, `  ${texts.noCleanups}`);
  const newest = runs.find(isRestorable);
  const hint = newest ? texts.toRestore(restoreCommand(rowsOf(newest), page.typed)) : texts.nothingToRestore;
  return lines(...title, ...runTable(runs, page), '', ...hang(hint, page.columns));
}

/** Draws the last cleanups as a table; what has been restored is said in as many words as there is room for. */
export function runTable(runs: readonly RecentCleanup[], page: Page): string[] {
  const { job, ...texts } = page.texts;
  if (runs.length === 0) return [`  ${texts.noCleanups}`];
  const rowsWith = (tokens: (n: number) => string, restored: (run: RecentCleanup) => string) =>
    runs.map((run) => [
      localTime(run.executionTime, page.timezone),
      job.number(run.cleanedCount),
      tokens(run.totalTokensCleared),
      auditRows(run),
      restored(run),
    ]);
  const columns = [
    { title: texts.time },
    { title: texts.threads, align: 'right' as const },
    { title: texts.tokens, align: 'right' as const },
    { title: texts.auditRows },
    { title: texts.restoredColumn },
  ];
  const rows = [
    rowsWith(job.number, (run) => restoredText(run, page, true)),
    rowsWith(job.number, (run) => restoredText(run, page, false)),
    rowsWith(texts.short, (run) => restoredText(run, page, false)),
  ];
  const fitting = rows.find((candidate) => tableWidth(columns, candidate) <= page.columns) ?? rows.at(-1) ?? [];
  return table(columns, fitting, page.columns, titlesDim(page));
}

/** As the command restore takes them. */
function rowsOf({ id, firstId }: RecentCleanup) {
  return firstId === id ? { auditId: id } : { first: firstId, last: id };
}

function auditRows({ id, firstId }: RecentCleanup): string {
  return firstId === id ? String(id) : `${firstId}–${id}`;
}

/** A row of the old script has no thread ids, and what has come back need not come back again. */
const isRestorable = ({ requestId, cleanedCount, restoredCount }: RecentCleanup) =>
  requestId !== null && restoredCount < cleanedCount;

function restoredText(run: RecentCleanup, { texts, timezone }: Page, withTime: boolean): string {
  if (run.requestId === null) return texts.notRestorable;
  if (run.restoredCount === 0) return '';
  const much = texts.restoredOf(run.restoredCount, run.cleanedCount);
  return withTime ? `${localTime(run.restoredAt, timezone)} (${much})` : much;
}
