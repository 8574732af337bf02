import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { CleanupFunction } from './functions/cleanup-function.ts';
import { lambdaCode } from './functions/code.ts';
import { ExportBucket } from './functions/export-bucket.ts';
import { LiveSettings } from './functions/live-settings.ts';
import { Network } from './functions/network.ts';
import { WidgetFunction } from './functions/widget-function.ts';
import { Alarms } from './monitoring/alarms.ts';
import { ThreadDashboard } from './monitoring/dashboard.ts';
import { Notices } from './monitoring/notices.ts';
import { operatorCommands } from './monitoring/operator-commands.ts';
import { CleanupSchedule } from './schedule/cleanup-schedule.ts';
import { Continuation } from './schedule/continuation.ts';
import { DeploymentCheck } from './schedule/deployment-check.ts';
import { FailureQueue } from './schedule/failure-queue.ts';

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
