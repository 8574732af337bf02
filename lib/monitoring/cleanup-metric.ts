import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE, type MetricName } from '../../lambda/model/metric-names.ts';

/**
 * A metric that the cleanup writes (lambda/aws/metrics.ts), by the one dimension that it is written with.
 *
 * @param label what it is called in a graph; an alarm has none
 */
export function cleanupMetric(
  scope: Construct,
  metricName: MetricName,
  statistic: 'Maximum' | 'Minimum' | 'Sum',
  period: Duration,
  label?: string,
): Metric {
  const dimensionsMap = { service: Stack.of(scope).stackName };
  const metric = { namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period };
  return new Metric(label === undefined ? metric : { ...metric, label });
}
