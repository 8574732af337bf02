import { applyBrake } from './brake.ts';
import { type TableNames, threadFigures } from './check.ts';
import { type AuditRow, type CleanupLog, ensureCleanupLog, insertAuditRow } from './cleanup-log.ts';
import {
  CLEANUP_NEEDS,
  type ClientView,
  clearThreads,
  type DueThread,
  openClientView,
  selectBandTotals,
  selectDueThreads,
  selectPageCount,
  selectStillOverLimit,
} from './client-view.ts';
import type { Database } from './database.ts';
import { cleanupSummary } from './summary.ts';

export interface CleanupOptions {
  /** Tokens at which a thread is cleared. */
  readonly tokenLimit: number;
  /** Written into every audit row of the run. */
  readonly requestId: string;
  /** Per cent of the active threads that may be cleared; undefined lets go of the brake (`force`). */
  readonly maxClearedShare: number | undefined;
  /** The command that undoes this run, for its summary. */
  readonly undoCommand: string;
  /** Milliseconds until whoever called us stops us. @default without end */
  readonly remainingTimeMs?: () => number;
  /** Told after every batch. */
  readonly onBatch?: (progress: CleanupProgress) => void;
}

export interface CleanupProgress {
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  /** Threads over the limit that the opening count saw. */
  readonly expectedCount: number;
  readonly durationMs: number;
}

/** Travels by e-mail and event bus: no phone number, name or thread id in it. */
export interface CleanupResult {
  readonly mode: 'cleanup';
  readonly summary: string;
  readonly tokenLimit: number;
  readonly requestId: string;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  readonly auditIds: readonly number[];
  readonly auditCount: number;
  readonly nearLimitCount: number;
  readonly remainingCount: number;
  readonly complete: boolean;
  readonly durationMs: number;
}

/** How much of the table is read at once, between two looks at the clock: 16 MB of 8 kB pages. */
const PAGES_PER_READ = 2_048;
/** Threads per statement: a few ten milliseconds of row locks. */
const BATCH_SIZE = 2_000;
/** Keys kept for the last look; beyond that they are looked at at once, so that memory stays bounded. */
const MOST_KEYS_KEPT = 20_000;
/** A result may list so many (the design's contract). */
const MOST_AUDIT_IDS = 100;
/** Time to finish a batch, look at what was left, and close. */
const STOPPING_TIME_MS = 30_000;

/** What a run has done so far. */
interface Tally {
  readonly auditIds: number[];
  auditCount: number;
  cleanedCount: number;
  totalTokensCleared: number;
  /** Due threads that a batch has dealt with, cleared or not. */
  handledCount: number;
}

/**
 * Clears every thread at or over the limit and records it, in one pass over the table in batches (invariant 6). Running
 * it twice, or twice at the same time, changes nothing that one run would not (invariant 4).
 *
 * @throws JobError CleanupRefused before anything is touched; TableUnusable, PrivilegeMissing, StatementTimeout or StatementFailed. Batches before it stand, with
 *   their audit rows.
 */
export async function cleanUp(database: Database, names: TableNames, options: CleanupOptions): Promise<CleanupResult> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  const { tokenLimit, requestId, remainingTimeMs = () => Number.POSITIVE_INFINITY } = options;
  const view = await openClientView(database, names.clientViewName, names.defaultSchema, CLEANUP_NEEDS);
  const [opening] = await database.run((sql) => selectBandTotals(sql, view, tokenLimit));
  const figures = threadFigures(opening?.totals ?? []);
  if (options.maxClearedShare !== undefined) applyBrake(figures, tokenLimit, options.maxClearedShare);
  const log = await ensureCleanupLog(database, names.auditTableName, names.defaultSchema);

  const tally: Tally = { auditIds: [], auditCount: 0, cleanedCount: 0, totalTokensCleared: 0, handledCount: 0 };
  const left = leftovers(database, view, tokenLimit);
  let complete = true;
  for await (const batch of dueBatches(database, view, tokenLimit)) {
    if (remainingTimeMs() < STOPPING_TIME_MS) {
      complete = false;
      break;
    }
    const cleared = await clearBatch(database, view, log, batch, options);
    record(tally, batch, cleared);
    if ((cleared?.cleanedCount ?? 0) < batch.length) await left.add(batch);
    options.onBatch?.({
      cleanedCount: tally.cleanedCount,
      totalTokensCleared: tally.totalTokensCleared,
      expectedCount: figures.overLimitThreads,
      durationMs: durationMs(),
    });
  }
  const unreached = complete ? 0 : Math.max(0, figures.overLimitThreads - tally.handledCount);
  const result = {
    mode: 'cleanup' as const,
    tokenLimit,
    requestId,
    cleanedCount: tally.cleanedCount,
    totalTokensCleared: tally.totalTokensCleared,
    auditIds: tally.auditIds,
    auditCount: tally.auditCount,
    nearLimitCount: figures.nearLimitThreads,
    remainingCount: (await left.count()) + unreached,
    complete,
    durationMs: durationMs(),
  };
  return { ...result, summary: cleanupSummary(result, options.undoCommand) };
}

/**
 * Yields the due threads of the whole table in batches, reading it once, page range by page range. The end is fixed at
 * the start. An empty batch is yielded for a range without due threads, so that the clock is looked at there too.
 */
async function* dueBatches(database: Database, view: ClientView, tokenLimit: number): AsyncGenerator<DueThread[]> {
  const [size] = await database.run((sql) => selectPageCount(sql, view));
  const pages = size?.pages ?? 0;
  for (let from = 0; from < pages; from += PAGES_PER_READ) {
    const to = Math.min(from + PAGES_PER_READ, pages);
    const due = await database.run((sql) => selectDueThreads(sql, view, from, to, tokenLimit));
    for (let start = 0; start === 0 || start < due.length; start += BATCH_SIZE) {
      yield due.slice(start, start + BATCH_SIZE);
    }
  }
}

async function clearBatch(
  database: Database,
  view: ClientView,
  log: CleanupLog,
  batch: readonly DueThread[],
  { tokenLimit, requestId }: CleanupOptions,
): Promise<AuditRow | undefined> {
  if (batch.length === 0) return undefined;
  const places = batch.map(({ place }) => place);
  const [row] = await database.run((sql) =>
    clearThreads<AuditRow[]>(sql, view, places, tokenLimit, insertAuditRow(sql, log, tokenLimit, requestId)),
  );
  return row;
}

function record(tally: Tally, batch: readonly DueThread[], cleared: AuditRow | undefined): void {
  tally.handledCount += batch.length;
  if (cleared === undefined) return;
  if (tally.auditIds.length < MOST_AUDIT_IDS) tally.auditIds.push(cleared.id);
  tally.auditCount += 1;
  tally.cleanedCount += cleared.cleanedCount;
  tally.totalTokensCleared += cleared.tokensCleared;
}

/**
 * Keeps the threads that were due and not cleared (locked, moved, or no longer due), and counts those that are still
 * over the limit when looked at once more by key at the end.
 */
function leftovers(database: Database, view: ClientView, tokenLimit: number) {
  let phones: string[] = [];
  let lookedAt = 0;
  const stillOver = async (candidates: readonly string[]) => {
    const rows = await database.run((sql) => selectStillOverLimit(sql, view, candidates, tokenLimit));
    return rows.map(({ phone }) => phone);
  };
  return {
    async add(batch: readonly DueThread[]): Promise<void> {
      phones.push(...(await stillOver(batch.map(({ phone }) => phone))));
      if (phones.length <= MOST_KEYS_KEPT) return;
      lookedAt += phones.length;
      phones = [];
    },
    async count(): Promise<number> {
      return lookedAt + (phones.length === 0 ? 0 : (await stillOver(phones)).length);
    },
  };
}
