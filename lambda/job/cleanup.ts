import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import type { Continuation } from '../model/continuation.ts';
import type { ExportRows } from '../model/export-file.ts';
import { dueThreads, NO_TOTALS, type ThreadFigures, threadFigures } from '../model/figures.ts';
import type { RefusalWords } from '../model/refusal.ts';
import type { CleanupPayload, CleanupResult } from '../model/results.ts';
import type { TokenLimitSource } from '../model/token-limit-source.ts';
import { type AuditTable, ensureAuditTable, selectLastAuditId, selectRunSums } from '../tables/audit-table.ts';
import {
  CLEANUP_NEEDS,
  type ClientView,
  exportNeeds,
  openClientView,
  selectOpening,
  selectTotals,
} from '../tables/client-view.ts';
import { policyWarnings, requireVisibleRows } from '../tables/row-security.ts';
import { auditNeeds, expireRows } from './audit-retention.ts';
import { type ClearingOptions, clearAll, MAX_AUDIT_IDS, newTally, outOfTime, type Tally } from './clear-all.ts';
import { refusedThreads } from './refused-threads.ts';
import { cleanupRefused, forecastCleanup } from './safety-limit.ts';
import { beginning, type Position, placesIn } from './table-pass.ts';

export interface CleanupOptions extends ClearingOptions {
  /** Tokens at which a thread is cleared. */
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  /** Written into every audit row of the run. */
  readonly requestId: string;
  /** Per cent of the active threads that may be cleared; undefined overrides the safety limit (`force`). */
  readonly maxClearedShare: number | undefined;
  /** Minutes without activity after which a thread may be cleared. @default 0: no conversation waits */
  readonly quietMinutes?: number;
  /** What an incomplete result handed out: limit and request id are then the run's. @default a run of its own */
  readonly next?: Continuation | undefined;
  /** What a refusal is said in. @default the function's */
  readonly refusalWords?: RefusalWords;
  /** Clears nothing. @default false */
  readonly paused?: boolean;
  /** Keeps the complete rows of each batch before it is cleared. @default they are not kept */
  readonly exportRows?: ExportRows | undefined;
  /** Days after which audit rows are deleted. @default never */
  readonly auditRetentionDays?: number | undefined;
  /** Told when the opening count is there, before anything is cleared. */
  readonly onCounted?: () => void;
}

/** What a cleanup did, and how full the threads are: counted before it, or after a run of several invocations. */
export interface Cleanup {
  readonly result: CleanupResult;
  /** Undefined for a part of a run that is neither its first nor its last. */
  readonly figures: ThreadFigures | undefined;
}

/** A run as this invocation finds it. */
interface Run {
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  readonly requestId: string;
  readonly startedAt: string;
  /** Where the pass begins, and the places that are known already. */
  readonly start: Position;
  readonly places: readonly string[] | undefined;
  /** Due threads that are still to be found. */
  readonly expectedCount: number;
  readonly activeCount: number;
  readonly nearLimitCount: number;
  readonly figures: ThreadFigures | undefined;
}

/**
 * Clears every thread that has reached the limit and records it, in one pass over the table in batches. Running it twice, or
 * twice at the same time, changes nothing that one run would not (invariant 4).
 *
 * A run that time does not suffice for hands out `next`; with that, it continues where it was, without counting anew and
 * without the safety limit, which it has passed. However often it does, it is one run: one request id, and the sums of all
 * of it in the last result.
 *
 * @throws JobError CleanupRefused before anything is changed; TableUnusable, PrivilegeMissing, ExportFailed,
 *   StatementTimeout or StatementFailed, and then the batches before it are cleared, with their audit rows
 */
export async function cleanUp(database: Database, names: TableNames, options: CleanupOptions): Promise<Cleanup> {
  const { next, exportRows, auditRetentionDays, quietMinutes, paused = false } = options;
  const needs = exportRows ? exportNeeds : CLEANUP_NEEDS;
  const view = await openClientView(database, names.clientViewName, needs, quietMinutes);
  const run = next ? continued(next) : await opened(database, view, options);
  const tally = newTally(run.start, run.activeCount);
  if (paused && next === undefined) {
    Object.assign(tally, { paused, remainingCount: run.expectedCount });
    return { result: resultOf(run, tally, []), figures: run.figures };
  }
  const audit = await ensureAuditTable(database, names.auditTableName, view.owner, auditNeeds(auditRetentionDays));
  const [newest] = await database.run((sql) => selectLastAuditId(sql, audit));
  const lastAuditId = newest?.id ?? 0;
  const refused = refusedThreads(view, audit, 'cleared');
  if (paused) Object.assign(tally, { paused, complete: false });
  else await clearAll({ database, view, audit, ...run, exportRows, refused, lastAuditId }, tally, options);
  if (auditRetentionDays !== undefined && tally.complete)
    await expireRows(database, audit, auditRetentionDays, () => outOfTime(options));
  const firstAuditId = next?.firstAuditId ?? lastAuditId + 1;
  const warnings = [...policyWarnings(view, audit), ...refused.warnings()];
  if (!tally.complete && !tally.paused) {
    const result = resultOf(run, tally, warnings);
    const isFurther = next === undefined || tally.cleanedCount > 0 || isBeyond(tally.position, next);
    return { result: isFurther ? { ...result, next: nextOf(run, tally, firstAuditId) } : result, figures: run.figures };
  }
  if (next === undefined) return { result: resultOf(run, tally, warnings), figures: run.figures };
  return wholeRun(database, view, audit, { ...run, firstAuditId }, tally, warnings);
}

/** Begins a run: counts, and stops where the safety limit says so. */
async function opened(database: Database, view: ClientView, options: CleanupOptions): Promise<Run> {
  const { tokenLimit, tokenLimitFrom, requestId, maxClearedShare, paused = false } = options;
  const startedAt = new Date().toISOString();
  const [opening] = await database.run((sql) => selectOpening(sql, view, tokenLimit), 'whole table');
  const figures = threadFigures(opening ?? NO_TOTALS);
  options.onCounted?.();
  if (!paused) await requireVisibleRows(database, view, figures.totalContacts);
  const forecast = forecastCleanup(figures, { maxClearedShare, paused });
  if (forecast.next === 'refused') {
    const { activeThreads } = figures;
    throw cleanupRefused(forecast, { tokenLimit, tokenLimitFrom, activeThreads }, options.refusalWords);
  }
  return {
    ...{ tokenLimit, tokenLimitFrom, requestId, startedAt, figures },
    start: beginning(opening ?? { pages: 0, file: 0 }),
    places: opening?.places == null ? undefined : placesIn(opening.places),
    expectedCount: dueThreads(figures),
    activeCount: figures.activeCount,
    nearLimitCount: figures.nearLimitThreads,
  };
}

const continued = ({
  tokenLimit,
  tokenLimitFrom,
  requestId,
  startedAt,
  page,
  end,
  file,
  unreached,
  activeCount,
  nearLimitCount,
}: Continuation): Run => ({
  ...{ tokenLimit, tokenLimitFrom, requestId, startedAt, activeCount, nearLimitCount },
  start: { page, end, file },
  places: undefined,
  expectedCount: unreached,
  figures: undefined,
});

/** Pages only grow, so that a run ends; a table that was rewritten begins anew. */
const isBeyond = (position: Position, { page, file }: Position) => position.file !== file || position.page > page;

const nextOf = (run: Run, tally: Tally, firstAuditId: number): CleanupPayload => ({
  mode: 'cleanup',
  next: {
    ...tally.position,
    requestId: run.requestId,
    tokenLimit: run.tokenLimit,
    tokenLimitFrom: run.tokenLimitFrom,
    firstAuditId,
    unreached: tally.unreachedCount,
    activeCount: tally.activeCount,
    nearLimitCount: run.nearLimitCount,
    startedAt: run.startedAt,
  },
});

/** The last result of a run of several invocations: the sums of its audit rows, and how full the threads are after it. */
async function wholeRun(
  database: Database,
  view: ClientView,
  audit: AuditTable,
  run: Run & { readonly firstAuditId: number },
  tally: Tally,
  warnings: readonly string[],
): Promise<Cleanup> {
  const { tokenLimit, requestId, firstAuditId } = run;
  const [totals] = await database.run((sql) => selectTotals(sql, view, tokenLimit), 'whole table');
  const [sums] = await database.run((sql) => selectRunSums(sql, audit, requestId, firstAuditId, MAX_AUDIT_IDS));
  const figures = threadFigures(totals ?? NO_TOTALS);
  Object.assign(tally, { ...sums, remainingCount: dueThreads(figures), activeCount: figures.activeCount });
  return { result: resultOf({ ...run, nearLimitCount: figures.nearLimitThreads }, tally, warnings), figures };
}

function resultOf(run: Run, tally: Tally, warnings: readonly string[]): CleanupResult {
  const { auditIds, auditCount, cleanedCount, totalTokensCleared, remainingCount, activeCount, complete, paused } =
    tally;
  return {
    mode: 'cleanup',
    startedAt: run.startedAt,
    tokenLimit: run.tokenLimit,
    tokenLimitFrom: run.tokenLimitFrom,
    requestId: run.requestId,
    ...{ cleanedCount, totalTokensCleared, auditIds, auditCount, remainingCount, activeCount, complete },
    nearLimitCount: run.nearLimitCount,
    ...(paused && { paused }),
    warnings,
    durationMs: Date.now() - Date.parse(run.startedAt),
  };
}
