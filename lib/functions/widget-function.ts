import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AssetFunction, type SharedFunctionProps } from './asset-function.ts';
import { logInToDatabase } from './database-login.ts';
import { type CheckSettings, checkEnvironment } from './environment.ts';
import { readSettings } from './live-settings.ts';
import type { Network } from './network.ts';

export interface WidgetFunctionProps extends CheckSettings, SharedFunctionProps {
  /**
   * The place in a VPC to run in.
   *
   * @default - outside of any VPC
   */
  readonly network: Network | undefined;
}

/**
 * The function that draws a check in the dashboard.
 *
 * Viewers of a custom widget invoke its function with their own rights, and with whatever payload they like. So it
 * is another one than the function that cleans up, can do nothing but check, and has no right to write anything.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export class WidgetFunction extends AssetFunction {
  constructor(scope: Construct, id: string, props: WidgetFunctionProps) {
    const { code, logRetention, encryptionKey, environment, network, settings } = props;
    super(scope, id, {
      ...{ code, logRetention, encryptionKey, environment, network },
      description: 'Draws a report on WhatsApp AI threads in a CloudWatch dashboard; changes nothing',
      entryPoint: 'widget',
      memorySize: 256,
      // A database that has to wake up takes half a minute.
      timeout: Duration.minutes(1),
      variables: checkEnvironment(scope, props),
    });
    for (const statement of logInToDatabase(this, props)) this.role.addToPolicy(statement);
    this.role.addToPolicy(readSettings(settings.tokenLimit, settings.state));
  }
}
