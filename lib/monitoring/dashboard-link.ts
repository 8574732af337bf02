import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The dashboard's name, known before the dashboard is made: alarms name it, and it shows the alarms. Of all regions, no two may be the same. */
export function dashboardName(scope: Construct): string {
  return `${Stack.of(scope).stackName}-${Aws.REGION}`;
}

/** Where people look at it. */
export function dashboardUrl(scope: Construct): string {
  const { REGION: region } = Aws;
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${console}#dashboards/dashboard/${dashboardName(scope)}`;
}
