import { Duration, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Config } from '../config/config.ts';
import { AssetFunction } from './asset-function.ts';
import { readDatabaseSecret } from './database-secret.ts';
import { checkEnvironment } from './environment.ts';
import { type LiveSettings, readSettings } from './live-settings.ts';
import type { Network } from './network.ts';

export interface WidgetFunctionProps {
  readonly config: Config;
  readonly code: Code;
  readonly settings: LiveSettings;

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
 * Whoever looks at a custom widget invokes its function with their own rights, and with whatever payload they like. So it
 * is another one than the function that cleans up, can do nothing but check, and has no right to write anything.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export class WidgetFunction extends AssetFunction {
  constructor(scope: Construct, id: string, { config, code, settings, network }: WidgetFunctionProps) {
    super(scope, id, {
      description: 'Draws a report on WhatsApp AI threads in a CloudWatch dashboard; changes nothing',
      code,
      entryPoint: 'widget',
      memorySize: 256,
      // A database that has to wake up takes half a minute.
      timeout: Duration.minutes(1),
      environment: checkEnvironment(config, settings, Stack.of(scope).stackName),
      logRetentionDays: config.logRetentionDays,
      network,
    });
    for (const statement of readDatabaseSecret(this, config)) this.role.addToPolicy(statement);
    this.role.addToPolicy(readSettings(settings.tokenLimit));
  }
}
