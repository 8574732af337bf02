import { Metrics } from '@aws-lambda-powertools/metrics';
import type { ThreadFigures } from '../model/figures.ts';
import type { FleetCleanupResult } from '../model/fleet-results.ts';
import { FLEET_METRICS, METRIC_NAMESPACE, type MetricName } from '../model/metric-names.ts';
import type { CleanupResult } from '../model/results.ts';

/**
 * The one dimension, `service`, is the stack's name (POWERTOOLS_SERVICE_NAME): CloudWatch charges for every combination
 * of name and dimensions.
 */
const metrics = new Metrics({ namespace: METRIC_NAMESPACE });

type Values = Partial<Record<MetricName, number>>;

/**
 * Writes the metrics of a cleanup as one log line in CloudWatch's embedded metric format.
 *
 * @param scheduled whether the schedule asked for it: only such a run counts as completed, so that a cleanup by hand does
 *   not silence the alarm on a schedule that is broken
 */
export function writeMetrics(figures: ThreadFigures, result: CleanupResult, scheduled: boolean): void {
  writeValues({
    ...figureValues(figures),
    ThreadsCleared: result.cleanedCount,
    TokensCleared: result.totalTokensCleared,
    TokenLimit: result.tokenLimit,
    CleanupDuration: result.durationMs,
    CleanupPaused: result.paused ? 1 : 0,
    // A paused run has an alarm of its own; what time did not suffice for, a continuation clears.
    ...(!result.paused && result.complete && { RemainingThreads: result.remainingCount }),
    ...(scheduled && result.complete && { CleanupCompleted: 1 }),
  });
}

/**
 * The same for a cleanup of several databases: one set for all, since a dimension for each would be a metric for each.
 *
 * @param figures of all databases together
 * @param tokenLimit 0 where no table was seen
 * @param completed whether the schedule asked for it and it did what it should
 */
export function writeFleetMetrics(
  figures: ThreadFigures,
  tokenLimit: number,
  result: FleetCleanupResult,
  completed: boolean,
): void {
  // A run that was paused from the beginning has looked for no database; one in which all failed has seen no table.
  const wasPaused = result.databaseCount === 0 && result.paused;
  const hasSeenTables = tokenLimit > 0;
  writeValues({
    ...(!wasPaused && { Databases: result.databaseCount, FailedDatabases: result.failedCount }),
    ...(hasSeenTables && { ...figureValues(figures), TokenLimit: tokenLimit }),
    ThreadsCleared: result.cleanedCount,
    TokensCleared: result.totalTokensCleared,
    CleanupDuration: result.durationMs,
    CleanupPaused: result.paused ? 1 : 0,
    ...(hasSeenTables && !result.paused && { RemainingThreads: result.remainingCount }),
    ...(completed && { CleanupCompleted: 1 }),
  });
}

function figureValues({ activeThreads, totalTokens, maxTokens, bands, ...figures }: ThreadFigures): Values {
  return {
    ActiveThreads: activeThreads,
    TotalTokens: totalTokens,
    NormalThreads: bands.normal.threads,
    CautionThreads: bands.caution.threads,
    NearLimitThreads: figures.nearLimitThreads,
    OverLimitThreads: figures.overLimitThreads,
    LargestThread: maxTokens,
  };
}

function writeValues(values: Values): void {
  for (const name of metricNames()) {
    const value = values[name];
    if (value !== undefined) metrics.addMetric(name, FLEET_METRICS[name], value);
  }
  metrics.publishStoredMetrics();
}

function metricNames(): MetricName[] {
  return Object.keys(FLEET_METRICS).filter((name): name is MetricName => name in FLEET_METRICS);
}
