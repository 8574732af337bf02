import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { MetricName } from '../../lambda/model/metric-names.ts';
import { cleanupMetric } from './cleanup-metric.ts';

/** The metrics that a cleanup writes at the end of each run, for alarms and dashboards of other constructs. */
export abstract class CleanupMetrics extends Construct {
  /** The metrics' one dimension, `service`. */
  protected abstract readonly name: string;

  /** A metric that a cleanup writes, once a run. @default - the largest value of a day */
  metric(metricName: MetricName, options: MetricOptions = {}): Metric {
    return cleanupMetric(this.name, metricName, { statistic: 'Maximum', period: Duration.days(1), ...options });
  }

  /** Threads that were cleared. @default - sum of a day */
  metricThreadsCleared(options?: MetricOptions): Metric {
    return this.metric('ThreadsCleared', { statistic: 'Sum', ...options });
  }

  /** Tokens of the threads that were cleared. @default - sum of a day */
  metricTokensCleared(options?: MetricOptions): Metric {
    return this.metric('TokensCleared', { statistic: 'Sum', ...options });
  }

  /** Threads over the limit that a run did not clear. @default - maximum of a day */
  metricRemainingThreads(options?: MetricOptions): Metric {
    return this.metric('RemainingThreads', options);
  }

  /** Threads with tokens, before the cleanup. @default - maximum of a day */
  metricActiveThreads(options?: MetricOptions): Metric {
    return this.metric('ActiveThreads', options);
  }

  /** Threads from 80 to 100% of the limit, before the cleanup. @default - maximum of a day */
  metricNearLimitThreads(options?: MetricOptions): Metric {
    return this.metric('NearLimitThreads', options);
  }

  /** Threads at or over the limit, before the cleanup. @default - maximum of a day */
  metricOverLimitThreads(options?: MetricOptions): Metric {
    return this.metric('OverLimitThreads', options);
  }

  /** Tokens of all threads, before the cleanup. @default - maximum of a day */
  metricTotalTokens(options?: MetricOptions): Metric {
    return this.metric('TotalTokens', options);
  }

  /** Tokens of the largest thread, before the cleanup. @default - maximum of a day */
  metricLargestThread(options?: MetricOptions): Metric {
    return this.metric('LargestThread', options);
  }

  /** Of many databases, those that a run did not clean up. @default - maximum of a day */
  metricFailedDatabases(options?: MetricOptions): Metric {
    return this.metric('FailedDatabases', options);
  }

  /** Milliseconds that a cleanup took. @default - maximum of a day */
  metricCleanupDuration(options?: MetricOptions): Metric {
    return this.metric('CleanupDuration', options);
  }

  /** Scheduled cleanups that reached the table's end. @default - sum of a day */
  metricCleanupCompleted(options?: MetricOptions): Metric {
    return this.metric('CleanupCompleted', { statistic: 'Sum', ...options });
  }

  /** Whether a cleanup was paused: 1 or 0. @default - maximum of a day */
  metricCleanupPaused(options?: MetricOptions): Metric {
    return this.metric('CleanupPaused', options);
  }
}
