import { Aws } from 'aws-cdk-lib';

/**
 * The dashboard's name. It is known before the dashboard is made, which shows the alarms that name it. An account's
 * dashboards share their names across regions.
 *
 * @param name of the cleanup
 */
export function dashboardName(name: string): string {
  return `${name}-${Aws.REGION}`;
}

/**
 * Where people look at it.
 *
 * @param name of the cleanup
 */
export function dashboardUrl(name: string): string {
  const { REGION: region } = Aws;
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${console}#dashboards/dashboard/${dashboardName(name)}`;
}
