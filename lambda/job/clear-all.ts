import { dueThreads, NO_TOTALS, threadFigures } from '../model/figures.ts';
import type { CleanupProgress } from '../model/results.ts';
import type { AuditRow } from '../tables/audit-table.ts';
import { selectTotals } from '../tables/client-view.ts';
import { type Clearing, clearBatch } from './cleanup-batches.ts';
import { remainingThreads } from './remaining.ts';
import { beginning, type Position, passOver, wasRewritten } from './table-pass.ts';

/** How long a pass may go on, and who is told of it. */
export interface ClearingOptions {
  /** Milliseconds until the caller stops us. @default without end */
  readonly remainingTimeMs?: () => number;
  /** Asked now and then between two batches; true ends the run. @default never */
  readonly isPaused?: () => Promise<boolean>;
  /** Told after every batch. */
  readonly onBatch?: (progress: CleanupProgress) => void;
  /** Pages that are read at once. @default by the number of due threads */
  readonly pagesPerRead?: number;
}

/** What a pass has to clear. */
export interface Pass extends Clearing {
  readonly start: Position;
  /** Places of due threads that are known already; undefined when they have to be read. */
  readonly places: readonly string[] | undefined;
  /** Due threads that are to be found. */
  readonly expectedCount: number;
}

/** What an invocation has done so far. */
export interface Tally {
  readonly auditIds: number[];
  auditCount: number;
  cleanedCount: number;
  totalTokensCleared: number;
  remainingCount: number;
  /** Over the limit, and left because the conversation is going on. */
  activeCount: number;
  /** Of those that were expected, the ones that the pass has not come to. */
  unreachedCount: number;
  complete: boolean;
  paused?: true;
  /** How far the pass is. */
  position: Position;
}

/** A result may list so many (the design's contract). */
export const MAX_AUDIT_IDS = 100;
/** Time to finish a batch, look at what remains, and close. */
const STOPPING_TIME_MS = 30_000;
/** Between two looks whether somebody has paused the cleanup. */
const PAUSE_LOOK_MS = 30_000;

export const newTally = (position: Position, activeCount: number): Tally => ({
  ...{ cleanedCount: 0, totalTokensCleared: 0, auditIds: [], auditCount: 0, remainingCount: 0, unreachedCount: 0 },
  activeCount,
  complete: true,
  position,
});

/** Whether there is no time left for another batch. */
export const outOfTime = ({ remainingTimeMs }: ClearingOptions) =>
  remainingTimeMs !== undefined && remainingTimeMs() < STOPPING_TIME_MS;

/**
 * Clears what a pass over the table finds, and counts what it leaves. Stops between two batches when time runs out, or when
 * somebody pauses the cleanup. Where rows have been moved by a rewrite of the table, it begins once more.
 */
export async function clearAll(pass: Pass, tally: Tally, options: ClearingOptions): Promise<void> {
  const { database, view, tokenLimit, expectedCount } = pass;
  const left = remainingThreads(database, view, tokenLimit);
  const mustStop = stopper(tally, options);
  const startedAt = performance.now();
  let found = 0;
  let explained = 0;
  const clearFrom = async (start: Position, places: readonly string[] | undefined) => {
    for await (const step of passOver(database, view, { ...options, tokenLimit, start, places, expectedCount })) {
      // Without due threads, a step says how far the pass has come.
      if (step.due.length === 0) tally.position = step.after;
      if (await mustStop()) return;
      if (step.due.length > 0) {
        const cleared = await clearStep(pass, step.due, tally);
        found += step.due.length;
        explained += cleared === step.due.length ? cleared : cleared + (await left.add(step.due));
        const { cleanedCount, totalTokensCleared } = tally;
        const durationMs = Math.round(performance.now() - startedAt);
        options.onBatch?.({ cleanedCount, totalTokensCleared, expectedCount, durationMs });
      }
      tally.position = step.after;
    }
  };
  await clearFrom(pass.start, pass.places);
  for (let moved = explained < found; moved && tally.complete; ) {
    const storage = await wasRewritten(database, view, tally.position);
    moved = storage !== undefined;
    if (storage !== undefined) await clearFrom(beginning(storage), undefined);
  }
  tally.unreachedCount = Math.max(0, expectedCount - found);
  if (tally.complete && explained < Math.max(found, expectedCount)) {
    // Others have cleared them, or have changed them since they were found.
    const [totals] = await database.run((sql) => selectTotals(sql, view, tokenLimit), 'whole table');
    const figures = threadFigures(totals ?? NO_TOTALS);
    Object.assign(tally, { remainingCount: dueThreads(figures), activeCount: figures.activeCount });
  } else {
    tally.remainingCount = (await left.count()) + (found - explained) + tally.unreachedCount;
  }
}

async function clearStep(pass: Pass, due: readonly string[], tally: Tally): Promise<number> {
  const before = tally.cleanedCount;
  for await (const row of clearBatch(pass, due)) record(tally, row);
  return tally.cleanedCount - before;
}

function record(tally: Tally, cleared: AuditRow): void {
  if (tally.auditIds.length < MAX_AUDIT_IDS) tally.auditIds.push(cleared.id);
  tally.auditCount += 1;
  tally.cleanedCount += cleared.cleanedCount;
  tally.totalTokensCleared += cleared.tokensCleared;
}

/** Says whether the pass has to stop here, and notes why. */
function stopper(tally: Tally, options: ClearingOptions): () => Promise<boolean> {
  let lookedAt = performance.now();
  return async () => {
    if (outOfTime(options)) {
      tally.complete = false;
    } else if (options.isPaused && performance.now() - lookedAt > PAUSE_LOOK_MS) {
      lookedAt = performance.now();
      if (await options.isPaused()) Object.assign(tally, { complete: false, paused: true });
    }
    return !tally.complete;
  };
}
