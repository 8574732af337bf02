import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { propsFromConfig } from './config/props-from-config.ts';
import { ThreadCleanup } from './thread-cleanup.ts';

/** A stack with the cleanup alone. It is bound to no account and region, so that synthesis needs no credentials. */
export class ThreadCleanupStack extends Stack {
  constructor(scope: Construct, id: string, config: Omit<Config, 'stackName'>) {
    super(scope, id, {
      description: 'Clears WhatsApp AI threads that have reached the token limit, every night',
      ...(config.terminationProtection !== undefined && { terminationProtection: config.terminationProtection }),
    });
    // CloudFormation's names of the resources come from the path, and the CDK leaves this id out of it.
    const cleanup = new ThreadCleanup(this, 'Default', { ...propsFromConfig(this, config), name: this.stackName });
    this.addOutputs(cleanup, config.notifyEmail ?? []);
  }

  private addOutputs(cleanup: ThreadCleanup, notifyEmail: readonly string[]): void {
    const output = (id: string, value: string, description: string) => new CfnOutput(this, id, { value, description });
    if (notifyEmail.length > 0) {
      output(
        'ConfirmNotices',
        notifyEmail.join(', '),
        'Each of them gets a message from AWS, and no notice before following the link in it',
      );
    }
    for (const { id, reason, description } of cleanup.missingAlarms) output(id, reason, description);
    output('FunctionName', cleanup.function.functionName, 'The function to invoke');
    output('CheckCommand', cleanup.checkCommand, 'Reports on the threads and changes nothing');
    output('DashboardUrl', cleanup.dashboardUrl, 'Threads, runs, alarms and commands');
    if (cleanup.fleet !== undefined) {
      output('FleetFunctionArn', cleanup.fleet.functionArn, 'The function to invoke for all databases');
    }
    if (cleanup.widget !== undefined) {
      output('WidgetFunctionArn', cleanup.widget.functionArn, 'Dashboard viewers need lambda:InvokeFunction on it');
    }
  }
}
