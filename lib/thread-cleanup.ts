import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { CleanupFunction } from './functions/cleanup-function.ts';
import { lambdaCode } from './functions/code.ts';
import { DeploymentCheck } from './functions/deployment-check.ts';
import { ExportBucket } from './functions/export-bucket.ts';
import { liveSettings } from './functions/live-settings.ts';
import { Network } from './functions/network.ts';
import { WidgetFunction } from './functions/widget-function.ts';
import { Alarms } from './monitoring/alarms.ts';
import { ThreadDashboard } from './monitoring/dashboard.ts';
import { Notices } from './monitoring/notices.ts';
import { operatorCommands } from './monitoring/operator-commands.ts';
import { CleanupSchedule } from './schedule/cleanup-schedule.ts';
import { Continuation } from './schedule/continuation.ts';
import { FailureQueue } from './schedule/failure-queue.ts';
import { RunResults } from './schedule/run-results.ts';

export type ThreadCleanupProps = Omit<Config, 'stackName'>;

/** What a deployment consists of. */
export class ThreadCleanup extends Construct {
  constructor(scope: Construct, id: string, props: ThreadCleanupProps) {
    super(scope, id);
    const code = lambdaCode();
    const network =
      props.network && new Network(this, 'Network', { ...props.network, databasePort: props.databasePort });
    const settings = liveSettings(this);
    const results = new RunResults(this, 'Results');
    const failureQueue = new FailureQueue(this, 'Failures');
    const exportBucket =
      props.exportRetentionDays === undefined
        ? undefined
        : new ExportBucket(this, 'Exports', { retentionDays: props.exportRetentionDays });
    const shared = { ...props, code, settings, network };
    const cleanup = new CleanupFunction(this, 'Cleanup', { ...shared, failureQueue, results, exportBucket });
    const { schedule, timezone } = props;
    new CleanupSchedule(this, 'Nightly', { target: cleanup.scheduled, failureQueue, schedule, timezone });
    new Continuation(this, 'Continuation', { target: cleanup.scheduled, results, failureQueue });
    if (props.verifyOnDeploy) {
      new DeploymentCheck(this, 'Verify', {
        code,
        logRetentionDays: props.logRetentionDays,
        checked: cleanup.function,
        after: [cleanup, ...(network === undefined ? [] : [network])],
      });
    }

    const notices =
      props.notifyEmail.length === 0
        ? undefined
        : new Notices(this, 'Notices', { ...props, code, cleanup, settings, results, failureQueue });
    const commands = operatorCommands(cleanup, settings, failureQueue, props.tableName);
    const alarms = new Alarms(this, 'Alarms', { ...props, failureQueue, commands, topic: notices?.topic });
    const widget = new WidgetFunction(this, 'Widget', shared);
    new ThreadDashboard(this, 'Dashboard', {
      language: props.language,
      cleanup,
      widget: widget.function,
      notify: notices?.notify,
      failureQueue,
      alarms: alarms.all,
      commands,
    });

    new CfnOutput(this, 'FunctionName', {
      value: cleanup.function.functionName,
      description: 'The function to invoke',
    });
    new CfnOutput(this, 'CheckCommand', {
      value: commands.check,
      description: 'Reports on the threads and changes nothing',
    });
    new CfnOutput(this, 'DashboardUrl', {
      value: commands.dashboard,
      description: 'Threads, runs, alarms and commands',
    });
    new CfnOutput(this, 'WidgetFunctionArn', {
      value: widget.function.functionArn,
      description: 'Dashboard viewers need lambda:InvokeFunction on it',
    });
  }
}
