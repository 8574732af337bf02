import { addFigures, type ThreadFigures } from '../model/figures.ts';
import type {
  CheckedDatabase,
  CleanedDatabase,
  FailedDatabase,
  FleetCheckResult,
  FleetCleanupResult,
} from '../model/fleet-results.ts';
import type { Cleaned, Outcome } from './outcome.ts';
import type { Ended } from './rounds.ts';

/** The databases that cleared most are named. */
const MAX_TOP = 10;
/** Failed databases are named, each with its error. */
const MAX_FAILED = 100;

/** When a run began and ended, in ISO 8601 UTC. */
export interface Times {
  readonly startedAt: string;
  readonly endedAt: string;
}

/** A cleanup of all databases as it is told of and measured. */
export interface FleetCleanup {
  readonly result: FleetCleanupResult;
  /** How full the threads were before, all databases together. */
  readonly figures: ThreadFigures;
  /** Tokens; the largest where they differ, as after a change in the middle of a run; 0 where no database answered. */
  readonly tokenLimit: number;
  /** Every database that was cleaned up, for the log. */
  readonly cleaned: readonly CleanedDatabase[];
  /** Every one that failed. */
  readonly failed: readonly FailedDatabase[];
}

/** Adds up a cleanup of all databases. */
export function sumCleanup(ended: readonly Ended[], paused: boolean, times: Times): FleetCleanup {
  const done = ended.flatMap((database) => {
    const { outcome } = database;
    return outcome.kind === 'cleaned' ? [{ ...database, cleanup: outcome.cleanup }] : [];
  });
  const cleaned = done.map(cleanedDatabase);
  const failed = failedDatabases(ended);
  // What a database cleared before it failed in the middle of its run is cleared all the same.
  const before = ended.filter(({ outcome }) => outcome.kind !== 'cleaned');
  const sum = (of: (cleanup: Cleaned) => number) => total(done.map(({ cleanup }) => of(cleanup)));
  return {
    result: {
      mode: 'cleanup',
      startedAt: times.startedAt,
      ...commonSums(ended, failed),
      cleanedCount: total([...cleaned.map((each) => each.cleanedCount), ...before.map((each) => each.earlierCount)]),
      totalTokensCleared: total([
        ...cleaned.map((each) => each.totalTokensCleared),
        ...before.map((each) => each.earlierTokens),
      ]),
      cleanedDatabaseCount: [...cleaned, ...before.map(({ earlierCount: cleanedCount }) => ({ cleanedCount }))].filter(
        ({ cleanedCount }) => cleanedCount > 0,
      ).length,
      nearLimitCount: sum((cleanup) => cleanup.nearLimitCount),
      remainingCount: sum((cleanup) => cleanup.remainingCount),
      activeCount: sum((cleanup) => cleanup.activeCount),
      unfinishedCount: done.filter(({ cleanup }) => !cleanup.complete && !cleanup.paused).length,
      retriedCount: cleaned.filter(({ retried }) => retried).length,
      paused: paused || done.some(({ cleanup }) => cleanup.paused),
      top: cleaned
        .filter(({ cleanedCount }) => cleanedCount > 0)
        .sort((a, b) => b.cleanedCount - a.cleanedCount || b.totalTokensCleared - a.totalTokensCleared)
        .slice(0, MAX_TOP),
      durationMs: Date.parse(times.endedAt) - Date.parse(times.startedAt),
    },
    figures: addFigures(ended.flatMap(({ figures }) => figures ?? [])),
    tokenLimit: done.reduce((most, { cleanup }) => Math.max(most, cleanup.tokenLimit), 0),
    cleaned,
    failed,
  };
}

function cleanedDatabase({ secret, retried, earlierCount, earlierTokens, cleanup }: Ended & { cleanup: Cleaned }) {
  const { requestId, remainingCount, durationMs } = cleanup;
  return {
    ...{ secret, requestId, remainingCount, durationMs, retried },
    cleanedCount: earlierCount + (cleanup.next === undefined ? cleanup.cleanedCount : 0),
    totalTokensCleared: earlierTokens + (cleanup.next === undefined ? cleanup.totalTokensCleared : 0),
  };
}

/** Adds up a check of all databases. */
export function sumCheck(ended: readonly Ended[], { startedAt }: Times): FleetCheckResult {
  const checks = ended.flatMap(({ secret, outcome }) =>
    outcome.kind === 'checked' ? [{ secret, check: outcome.check }] : [],
  );
  const how = (next: FleetForecast) => checks.filter(({ check }) => check.forecast.next === next).length;
  return {
    mode: 'check',
    startedAt,
    ...commonSums(ended, failedDatabases(ended)),
    figures: addFigures(checks.map(({ check }) => check)),
    forecast: {
      ...{ clears: how('clears'), refused: how('refused'), paused: how('paused'), nothing: how('nothing') },
      threads: total(checks.map(({ check: { forecast } }) => (forecast.next === 'clears' ? forecast.threads : 0))),
    },
    top: checks
      .map(({ secret, check: { forecast } }) => ({ secret, forecast }))
      .filter((database) => threadsOf(database) > 0)
      .sort((a, b) => threadsOf(b) - threadsOf(a))
      .slice(0, MAX_TOP),
  };
}

type FleetForecast = CheckedDatabase['forecast']['next'];

const threadsOf = ({ forecast }: CheckedDatabase) => ('threads' in forecast ? forecast.threads : 0);

function commonSums(ended: readonly Ended[], failed: readonly FailedDatabase[]) {
  const removedCount = ended.filter(({ outcome }) => outcome.kind === 'removed').length;
  const counts = new Map<FailedDatabase['error'], number>();
  for (const { error } of failed) counts.set(error, (counts.get(error) ?? 0) + 1);
  return {
    databaseCount: ended.length - removedCount,
    failedCount: failed.length,
    removedCount,
    failures: [...counts].map(([error, count]) => ({ error, count })).sort((a, b) => b.count - a.count),
    failed: failed.slice(0, MAX_FAILED),
  };
}

function failedDatabases(ended: readonly Ended[]): FailedDatabase[] {
  return ended.flatMap(({ secret, outcome }) => (isFailure(outcome) ? [{ secret, ...named(outcome) }] : []));
}

const isFailure = (outcome: Outcome) => outcome.kind === 'failed';
const named = ({ error, message }: Pick<FailedDatabase, 'error' | 'message'>) => ({ error, message });

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
