import { Metrics } from '@aws-lambda-powertools/metrics';
import type { ThreadFigures } from '../model/figures.ts';
import { METRIC_NAMESPACE, METRICS, type MetricName } from '../model/metric-names.ts';
import type { CleanupResult } from '../model/results.ts';

/**
 * The one dimension, `service`, is the stack's name (POWERTOOLS_SERVICE_NAME): CloudWatch charges for every combination
 * of name and dimensions.
 */
const metrics = new Metrics({ namespace: METRIC_NAMESPACE });

/**
 * Writes the metrics of a cleanup as one log line in CloudWatch's embedded metric format.
 *
 * @param scheduled whether the schedule asked for it: only such a run counts as completed, so that a cleanup by hand does
 *   not silence the alarm on a schedule that is broken
 */
export function writeMetrics(figures: ThreadFigures, result: CleanupResult, scheduled: boolean): void {
  const values: Partial<Record<MetricName, number>> = {
    ThreadsCleared: result.cleanedCount,
    TokensCleared: result.totalTokensCleared,
    ActiveThreads: figures.activeThreads,
    TotalTokens: figures.totalTokens,
    NormalThreads: figures.bands.normal.threads,
    CautionThreads: figures.bands.caution.threads,
    NearLimitThreads: figures.nearLimitThreads,
    OverLimitThreads: figures.overLimitThreads,
    LargestThread: figures.maxTokens,
    TokenLimit: result.tokenLimit,
    CleanupDuration: result.durationMs,
    CleanupPaused: result.paused ? 1 : 0,
    // A paused run has an alarm of its own; what time did not suffice for, a continuation clears.
    ...(!result.paused && result.complete && { RemainingThreads: result.remainingCount }),
    ...(scheduled && result.complete && { CleanupCompleted: 1 }),
  };
  for (const name of metricNames()) {
    const value = values[name];
    if (value !== undefined) metrics.addMetric(name, METRICS[name], value);
  }
  metrics.publishStoredMetrics();
}

function metricNames(): MetricName[] {
  return Object.keys(METRICS).filter((name): name is MetricName => name in METRICS);
}
