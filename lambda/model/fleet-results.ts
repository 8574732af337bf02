import type { ThreadFigures } from './figures.ts';
import type { JobErrorCode } from './job-error.ts';
import type { CheckResult, CleanupPayload, CleanupResult, Forecast } from './results.ts';

/**
 * What the function tells the fleet of a check. It stays in the execution's history for days: counts alone, no phone
 * number, name or thread id, and no text that could hold one.
 */
export interface DatabaseCheck extends ThreadFigures {
  readonly mode: 'check';
  readonly tokenLimit: number;
  readonly forecast: Forecast;
}

/** The same of a cleanup. */
export interface DatabaseCleanup
  extends Pick<
    CleanupResult,
    | 'mode'
    | 'tokenLimit'
    | 'requestId'
    | 'cleanedCount'
    | 'totalTokensCleared'
    | 'nearLimitCount'
    | 'remainingCount'
    | 'activeCount'
    | 'complete'
    | 'durationMs'
  > {
  readonly next?: CleanupPayload;
  readonly paused?: true;
  /** Absent for a part of a run that is neither its first nor its last. */
  readonly figures?: ThreadFigures;
}

/** Leaves nothing of a check but what the fleet adds up. */
export function databaseCheck({ mode, tokenLimit, forecast, ...result }: CheckResult): DatabaseCheck {
  const { totalContacts, activeThreads, nearLimitThreads, overLimitThreads, activeCount } = result;
  const { totalTokens, maxTokens, averageTokens, bands } = result;
  return {
    ...{ mode, tokenLimit, forecast, totalContacts, activeThreads, nearLimitThreads, overLimitThreads, activeCount },
    ...{ totalTokens, maxTokens, averageTokens, bands },
  };
}

/** Leaves nothing of a cleanup but what the fleet adds up, and what continues it. */
export function databaseCleanup(result: CleanupResult, figures: ThreadFigures | undefined): DatabaseCleanup {
  const { mode, tokenLimit, requestId, cleanedCount, totalTokensCleared, nearLimitCount } = result;
  const { remainingCount, activeCount, complete, durationMs, next, paused } = result;
  return {
    ...{ mode, tokenLimit, requestId, cleanedCount, totalTokensCleared, nearLimitCount },
    ...{ remainingCount, activeCount, complete, durationMs },
    ...(next !== undefined && { next }),
    ...(paused && { paused }),
    ...(figures !== undefined && { figures }),
  };
}

/** A database that did not do what it was asked for. */
export interface FailedDatabase {
  /** Name of its secret. */
  readonly secret: string;
  /** `TimedOut`: Lambda stopped the function; `Exited`: its process ended, usually out of memory. */
  readonly error: JobErrorCode | 'TimedOut' | 'Exited';
  /** The function's own; empty where it said nothing, or what may hold personal data. */
  readonly message: string;
}

/** A database that was cleaned up, or as far as time sufficed. */
export interface CleanedDatabase {
  readonly secret: string;
  readonly requestId: string;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  readonly remainingCount: number;
  readonly durationMs: number;
  /** Whether an earlier attempt failed: what that cleared is in the audit table under another request id. */
  readonly retried: boolean;
}

/** A database that was checked, and what its next cleanup will do. */
export interface CheckedDatabase {
  readonly secret: string;
  readonly forecast: Forecast;
}

/** What every run over the fleet says. */
interface FleetRun {
  /** In ISO 8601 UTC. */
  readonly startedAt: string;
  /** All that were listed, without those that were removed meanwhile. */
  readonly databaseCount: number;
  readonly failedCount: number;
  /** Whose secret was removed between the list and their turn. */
  readonly removedCount: number;
  /** How many failed with each error, the most first. */
  readonly failures: readonly { readonly error: FailedDatabase['error']; readonly count: number }[];
  readonly failed: readonly FailedDatabase[];
}

/** The sums of a cleanup of all databases. No phone number, name or thread id. */
export interface FleetCleanupResult extends FleetRun {
  readonly mode: 'cleanup';
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  /** Databases in which something was cleared. */
  readonly cleanedDatabaseCount: number;
  readonly nearLimitCount: number;
  readonly remainingCount: number;
  readonly activeCount: number;
  /** Databases whose end was not reached: the next run continues. */
  readonly unfinishedCount: number;
  /** Databases of which an earlier attempt failed. */
  readonly retriedCount: number;
  /** Whether the cleanup is paused, from the beginning or since. */
  readonly paused: boolean;
  /** The databases that cleared most. */
  readonly top: readonly CleanedDatabase[];
  readonly durationMs: number;
}

/** The sums of a check of all databases. */
export interface FleetCheckResult extends FleetRun {
  readonly mode: 'check';
  readonly figures: ThreadFigures;
  /** In how many databases the next cleanup will clear, be refused, be paused or find nothing; and the threads that it clears. */
  readonly forecast: Readonly<Record<Forecast['next'], number>> & { readonly threads: number };
  /** The databases in which the next cleanup clears most, or is refused. */
  readonly top: readonly CheckedDatabase[];
}
