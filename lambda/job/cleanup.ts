import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import type { ExportRows } from '../model/export-file.ts';
import { type ThreadFigures, threadFigures } from '../model/figures.ts';
import type { CleanupProgress, CleanupResult } from '../model/results.ts';
import {
  type AuditRow,
  type AuditTable,
  CLEANUP_AUDIT_NEEDS,
  deleteExpiredRows,
  EXPIRY_AUDIT_NEEDS,
  ensureAuditTable,
  selectLastAuditId,
} from '../tables/audit-table.ts';
import { CLEANUP_NEEDS, countOverLimit, exportNeeds, openClientView, selectBandTotals } from '../tables/client-view.ts';
import { policyWarnings, requireVisibleRows } from '../tables/row-security.ts';
import { clearBatch, dueBatches, type Pass } from './cleanup-batches.ts';
import { refusedThreads } from './refused-threads.ts';
import { remainingThreads } from './remaining.ts';
import { applySafetyLimit } from './safety-limit.ts';

export interface CleanupOptions {
  /** Tokens at which a thread is cleared. */
  readonly tokenLimit: number;
  /** Written into every audit row of the run. */
  readonly requestId: string;
  /** Per cent of the active threads that may be cleared; undefined overrides the safety limit (`force`). */
  readonly maxClearedShare: number | undefined;
  /** Clears nothing. @default false */
  readonly paused?: boolean;
  /** Keeps the complete rows of each batch before it is cleared. @default they are not kept */
  readonly exportRows?: ExportRows | undefined;
  /** Days after which audit rows are deleted. @default never */
  readonly auditRetentionDays?: number | undefined;
  /** Milliseconds until the caller stops us. @default without end */
  readonly remainingTimeMs?: () => number;
  /** Told when the opening count is there, before anything is cleared. */
  readonly onCounted?: () => void;
  /** Told after every batch. */
  readonly onBatch?: (progress: CleanupProgress) => void;
}

/** A result may list so many (the design's contract). */
const MAX_AUDIT_IDS = 100;
/** Time to finish a batch, look at what remains, and close. */
const STOPPING_TIME_MS = 30_000;

/** What a run has done so far. */
interface Tally {
  readonly auditIds: number[];
  auditCount: number;
  cleanedCount: number;
  totalTokensCleared: number;
  remainingCount: number;
  complete: boolean;
}

/** What a cleanup did, and what its opening count saw. */
export interface Cleanup {
  readonly result: CleanupResult;
  readonly figures: ThreadFigures;
}

/**
 * Clears every thread that has reached the limit and records it, in one pass over the table in batches. Running it twice, or
 * twice at the same time, changes nothing that one run would not (invariant 4).
 *
 * @throws JobError CleanupRefused before anything is changed; TableUnusable, PrivilegeMissing, ExportFailed,
 *   StatementTimeout or StatementFailed, and then the batches before it are cleared, with their audit rows
 */
export async function cleanUp(database: Database, names: TableNames, options: CleanupOptions): Promise<Cleanup> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  const { tokenLimit, requestId, maxClearedShare, exportRows, auditRetentionDays, paused = false } = options;
  const view = await openClientView(database, names.clientViewName, exportRows ? exportNeeds : CLEANUP_NEEDS);
  const [opening] = await database.run((sql) => selectBandTotals(sql, view, tokenLimit));
  const figures = threadFigures(opening?.totals ?? []);
  options.onCounted?.();

  const tally = newTally();
  const warnings: string[] = [];
  if (paused) {
    tally.remainingCount = figures.overLimitThreads;
  } else {
    await requireVisibleRows(database, view, figures.totalContacts);
    if (maxClearedShare !== undefined) applySafetyLimit(figures, tokenLimit, maxClearedShare);
    const needs = auditNeeds(auditRetentionDays);
    const audit = await ensureAuditTable(database, names.auditTableName, view.owner, needs);
    const [newest] = await database.run((sql) => selectLastAuditId(sql, audit));
    const refused = refusedThreads(view, audit, 'cleared');
    const pass = {
      ...{ database, view, audit, tokenLimit, requestId, exportRows, refused },
      expectedCount: figures.overLimitThreads,
      lastAuditId: newest?.id ?? 0,
    };
    await clearAll(pass, tally, options, durationMs);
    warnings.push(...policyWarnings(view, audit), ...refused.warnings());
    if (auditRetentionDays !== undefined && tally.complete)
      await expireRows(database, audit, auditRetentionDays, options);
  }
  const result: CleanupResult = {
    mode: 'cleanup',
    tokenLimit,
    requestId,
    ...tally,
    nearLimitCount: figures.nearLimitThreads,
    ...(paused && { paused }),
    warnings,
    durationMs: durationMs(),
  };
  return { result, figures };
}

const newTally = (): Tally => ({
  cleanedCount: 0,
  totalTokensCleared: 0,
  auditIds: [],
  auditCount: 0,
  remainingCount: 0,
  complete: true,
});

const auditNeeds = (auditRetentionDays: number | undefined) =>
  auditRetentionDays === undefined ? CLEANUP_AUDIT_NEEDS : { ...CLEANUP_AUDIT_NEEDS, ...EXPIRY_AUDIT_NEEDS };

const outOfTime = ({ remainingTimeMs }: CleanupOptions) =>
  remainingTimeMs !== undefined && remainingTimeMs() < STOPPING_TIME_MS;

/** The pass over the table; stops between two batches when time runs out. */
async function clearAll(pass: Pass, tally: Tally, options: CleanupOptions, durationMs: () => number): Promise<void> {
  const { database, view, tokenLimit, expectedCount } = pass;
  const left = remainingThreads(database, view, tokenLimit);
  let handled = 0;
  for await (const batch of dueBatches(pass)) {
    if (outOfTime(options)) {
      tally.complete = false;
      break;
    }
    if (batch.length === 0) continue;
    const before = tally.cleanedCount;
    for await (const row of clearBatch(pass, batch)) record(tally, row);
    handled += batch.length;
    if (tally.cleanedCount - before < batch.length) await left.add(batch);
    const { cleanedCount, totalTokensCleared } = tally;
    options.onBatch?.({ cleanedCount, totalTokensCleared, expectedCount, durationMs: durationMs() });
  }
  if (tally.complete && handled < expectedCount) {
    // Others have cleared them, or a rewrite of the table has moved rows to where this pass had been.
    const [counted] = await database.run((sql) => countOverLimit(sql, view, tokenLimit));
    tally.remainingCount = counted?.threads ?? 0;
  } else {
    tally.remainingCount = (await left.count()) + Math.max(0, expectedCount - handled);
  }
}

function record(tally: Tally, cleared: AuditRow): void {
  if (tally.auditIds.length < MAX_AUDIT_IDS) tally.auditIds.push(cleared.id);
  tally.auditCount += 1;
  tally.cleanedCount += cleared.cleanedCount;
  tally.totalTokensCleared += cleared.tokensCleared;
}

/** Deletes audit rows that are older than configured, in batches; what there is no time for waits for the next run. */
async function expireRows(database: Database, audit: AuditTable, days: number, options: CleanupOptions): Promise<void> {
  for (let deleted = 1; deleted > 0 && !outOfTime(options); ) {
    deleted = (await database.run((sql) => deleteExpiredRows(sql, audit, days))).length;
  }
}
