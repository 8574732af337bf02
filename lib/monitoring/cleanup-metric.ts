import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, type MetricName } from '../../lambda/model/metric-names.ts';

/**
 * A metric that the cleanup writes (lambda/aws/metrics.ts), by the one dimension that it is written with.
 *
 * @param name of the cleanup
 */
export function cleanupMetric(name: string, metricName: MetricName, options: MetricOptions): Metric {
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap: { service: name }, ...options });
}
