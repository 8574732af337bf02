import type { FleetCheckResult, FleetCleanupResult } from '../model/fleet-results.ts';
import type { Texts } from './en.ts';

/** A cleanup of several databases in a few lines of plain text for people. */
export function fleetCleanupSummary(result: FleetCleanupResult, texts: Texts): string {
  const { cleanedCount, totalTokensCleared, cleanedDatabaseCount, databaseCount, paused, remainingCount } = result;
  const t = texts.fleet;
  return [
    ...(paused ? [texts.paused] : []),
    ...(cleanedCount > 0 ? [t.cleared(cleanedCount, totalTokensCleared, cleanedDatabaseCount, databaseCount)] : []),
    ...(cleanedCount === 0 && !paused ? [databaseCount === 0 ? t.noDatabases : t.nothingCleared(databaseCount)] : []),
    ...(remainingCount > 0 ? [texts.remaining(remainingCount, result.unfinishedCount === 0)] : []),
    ...whatWentWrong(result, texts),
    ...(result.unfinishedCount > 0 ? [t.unfinished(result.unfinishedCount)] : []),
    ...(result.retriedCount > 0 ? [t.retried(result.retriedCount)] : []),
  ].join('\n');
}

/** A check of several databases in a few lines. */
export function fleetCheckSummary(result: FleetCheckResult, texts: Texts): string {
  const { figures, forecast, databaseCount } = result;
  const t = texts.fleet;
  if (databaseCount === 0) return t.noDatabases;
  return [
    texts.active(figures.activeThreads, figures.totalContacts, figures.totalTokens, figures.maxTokens),
    forecast.clears > 0 ? t.willClear(forecast.threads, forecast.clears, databaseCount) : t.nothingDue(databaseCount),
    ...(forecast.refused > 0 ? [t.willBeRefused(forecast.refused)] : []),
    ...(forecast.paused > 0 ? [texts.next.paused] : []),
    ...whatWentWrong(result, texts),
  ].join('\n');
}

function whatWentWrong(result: FleetCleanupResult | FleetCheckResult, texts: Texts): string[] {
  const { failedCount, removedCount } = result;
  return [
    ...(failedCount > 0 ? [texts.fleet.failed(failedCount, causesOf(result, texts))] : []),
    ...(removedCount > 0 ? [texts.fleet.removed(removedCount)] : []),
  ];
}

/** How many failed with each error: `DatabaseUnreachable 12, CleanupRefused 8`. */
export function causesOf({ failures }: Pick<FleetCleanupResult, 'failures'>, texts: Texts): string {
  return failures.map(({ error, count }) => `${error} ${texts.number(count)}`).join(', ');
}
