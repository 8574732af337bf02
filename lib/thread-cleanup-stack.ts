import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { CleanupFunction } from './cleanup-function.ts';
import { CleanupSchedule } from './cleanup-schedule.ts';
import type { Config } from './config.ts';
import { Continuation } from './continuation.ts';
import { ThreadDashboard } from './dashboard.ts';
import { DeploymentCheck } from './deployment-check.ts';
import { ExportBucket } from './export-bucket.ts';
import { FailureQueue } from './failure-queue.ts';
import { lambdaCode } from './lambda-code.ts';
import { LiveSettings } from './live-settings.ts';
import { Network } from './network.ts';
import { Notices } from './notices.ts';
import { operatorCommands } from './operator-commands.ts';
import { WidgetFunction } from './widget-function.ts';

export interface ThreadCleanupStackProps {
  readonly config: Config;
}

/** What a deployment consists of. It is bound to no account and region, so that synthesis needs no credentials. */
export class ThreadCleanupStack extends Stack {
  constructor(scope: Construct, id: string, { config }: ThreadCleanupStackProps) {
    super(scope, id, {
      description: 'Forgets WhatsApp AI threads that reached the token limit, every night',
    });
    const code = lambdaCode();
    const network = config.network && new Network(this, 'Network', config.network);
    const settings = new LiveSettings(this, 'Settings', { tokenLimit: config.tokenLimit });
    const failureQueue = new FailureQueue(this, 'Failures');
    const exportBucket =
      config.exportRetentionDays === undefined
        ? undefined
        : new ExportBucket(this, 'Exports', { retentionDays: config.exportRetentionDays });
    const cleanup = new CleanupFunction(this, 'Cleanup', {
      config,
      code,
      settings,
      failureQueue,
      exportBucket,
      network,
    });
    const { schedule, timezone } = config;
    new CleanupSchedule(this, 'Nightly', { target: cleanup.scheduled, failureQueue, schedule, timezone });
    new Continuation(this, 'Continuation', { target: cleanup.scheduled, failureQueue });
    if (config.verifyOnDeploy) {
      new DeploymentCheck(this, 'Verify', {
        checked: cleanup.function,
        after: [cleanup, settings, ...(network === undefined ? [] : [network])],
      });
    }

    const notices =
      config.notifyEmail.length === 0
        ? undefined
        : new Notices(this, 'Notices', { config, code, cleanup, failureQueue });
    const commands = operatorCommands(cleanup, settings, failureQueue);
    const alarms = new Alarms(this, 'Alarms', { config, failureQueue, commands, topic: notices?.topic });
    const widget = new WidgetFunction(this, 'Widget', { config, code, settings, network });
    new ThreadDashboard(this, 'Dashboard', {
      config,
      cleanup,
      widget: widget.function,
      notify: notices?.notify,
      failureQueue,
      alarms: alarms.all,
    });

    new CfnOutput(this, 'FunctionName', {
      value: cleanup.function.functionName,
      description: 'The function to invoke',
    });
    new CfnOutput(this, 'CheckCommand', {
      value: commands.check,
      description: 'Reports on the threads and changes nothing',
    });
    new CfnOutput(this, 'WidgetFunctionArn', {
      value: widget.function.functionArn,
      description: 'Whoever looks at the dashboard needs lambda:InvokeFunction on it',
    });
  }
}
