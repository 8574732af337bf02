import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The dashboard's name. It is known before the dashboard is made, which shows the alarms that name it. An account's
 * dashboards share their names across regions.
 */
export function dashboardName(scope: Construct): string {
  return `${Stack.of(scope).stackName}-${Aws.REGION}`;
}

/** Where people look at it. */
export function dashboardUrl(scope: Construct): string {
  const { REGION: region } = Aws;
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${console}#dashboards/dashboard/${dashboardName(scope)}`;
}
