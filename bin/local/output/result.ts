import { lockQuery, type TableName } from '../../../lambda/input/values.ts';
import type { CleanupResult, RestoreResult } from '../../../lambda/model/results.ts';
import { restoreCommand, type UndoTarget } from '../command-line.ts';
import type { Colour } from './colours.ts';
import { hang, wrap } from './layout.ts';
import { lines, type Page } from './page.ts';

/**
 * Draws what a cleanup did: what people have to know besides and, in the last line, the result.
 *
 * @param undo what restores it, if anything can
 * @param table of the contacts, for the query that finds who locked what it left
 */
export function drawCleanupResult(
  result: CleanupResult,
  undo: UndoTarget | undefined,
  table: TableName,
  page: Page,
): string {
  const { cleanedCount, totalTokensCleared, remainingCount, activeCount, complete, durationMs, tokenLimit } = result;
  const { job, ...texts } = page.texts;
  const notes = [
    ...(remainingCount > 0 ? [job.remaining(remainingCount, complete)] : []),
    ...(remainingCount > 0 && complete ? [`${job.notice.whoLocks} ${job.notice.whichSession}`, lockQuery(table)] : []),
    ...(activeCount > 0 ? [job.stillActive(activeCount)] : []),
    ...(complete ? [] : [job.incomplete]),
    ...result.warnings.map(job.warning),
  ];
  const time = texts.seconds(durationMs / 1000);
  if (cleanedCount === 0) {
    const nothing = remainingCount + activeCount === 0 ? texts.nothingToClear(tokenLimit) : texts.nothingCleared;
    return drawn(notes, remainingCount === 0 ? '✓' : '!', [nothing, time], page);
  }
  const parts = [texts.cleared(cleanedCount), texts.shortTokens(totalTokensCleared), time];
  const command = undo && cleanedCount > 0 ? [texts.undo(restoreCommand(undo, page.typed))] : [];
  return drawn(notes, '✓', [...parts, ...command], page);
}

/** Draws what people have to know about a restore besides its result. */
export function drawRestoreNotes(result: RestoreResult, page: Page): string {
  const { job } = page.texts;
  const notes = [
    ...(result.alreadyRestoredCount > 0 ? [job.restoredBefore(result.alreadyRestoredCount)] : []),
    ...(result.skippedCount > 0 ? [job.skipped(result.skippedCount)] : []),
    ...(result.assistantsCount ? [job.assistantsIds(result.assistantsCount)] : []),
    ...(result.restoredCount > 0 ? [job.stillOverLimit] : []),
    ...(result.warnings ?? []).map(job.warning),
  ];
  return notes.length === 0 ? '' : lines('', ...notes.flatMap((note) => wrap(note, page.columns)));
}

/** @param ms that it took */
export function drawRestoreResult({ restoredCount }: RestoreResult, ms: number, page: Page): string {
  return line('↩', [page.texts.restored(restoredCount), page.texts.seconds(ms / 1000)], page);
}

const COLOURS: Readonly<Record<string, Colour>> = { '✓': 'green', '↩': 'green', '!': 'orange' };

function drawn(notes: readonly string[], sign: string, parts: readonly string[], page: Page): string {
  const above = notes.flatMap((note) => wrap(note, page.columns)).map((note) => page.paint('orange', note));
  return lines('', ...above) + line(sign, parts, page);
}

function line(sign: string, parts: readonly string[], page: Page): string {
  const [first = '', ...others] = hang(`${sign} ${parts.join(' · ')}`, page.columns);
  return lines(page.paint(COLOURS[sign] ?? 'bold', sign) + page.paint('bold', first.slice(sign.length)), ...others);
}
