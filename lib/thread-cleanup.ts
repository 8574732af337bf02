import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Code, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type CheckedProps, checkProps } from './config/checked-props.ts';
import type { ThreadCleanupProps } from './config/props.ts';
import { letServicesUse } from './encryption/key-policy.ts';
import { CleanupFunction } from './functions/cleanup-function.ts';
import { lambdaCode } from './functions/code.ts';
import { DeploymentCheck } from './functions/deployment-check.ts';
import { ExportBucket } from './functions/export-bucket.ts';
import { liveSettings } from './functions/live-settings.ts';
import { Network } from './functions/network.ts';
import { WidgetFunction } from './functions/widget-function.ts';
import { Alarms, type MissingAlarm } from './monitoring/alarms.ts';
import { CleanupMetrics } from './monitoring/cleanup-metrics.ts';
import { ThreadDashboard } from './monitoring/dashboard.ts';
import { Notices } from './monitoring/notices.ts';
import { operatorCommands } from './monitoring/operator-commands.ts';
import { CleanupSchedule } from './schedule/cleanup-schedule.ts';
import { Continuation } from './schedule/continuation.ts';
import { FailureQueue } from './schedule/failure-queue.ts';
import { RunResults } from './schedule/run-results.ts';

export type { DatabaseIamAuth, ThreadCleanupProps, VpcByIds } from './config/props.ts';
export type { MissingAlarm } from './monitoring/alarms.ts';

/**
 * Clears, every night, the WhatsApp AI threads that have reached the token limit: the function, its schedule, its alarms and
 * its dashboard.
 */
export class ThreadCleanup extends CleanupMetrics implements IConnectable {
  /** The function that cleans up, checks, restores and erases. Without a payload it only checks. */
  readonly function: IFunction;

  /** The function that draws the report in the dashboard, whose viewers need the right to invoke it. */
  readonly widget: IFunction;

  /** Where notices and alarms are published; undefined where nobody is told. */
  readonly topic: ITopic | undefined;

  readonly dashboard: Dashboard;
  readonly alarms: readonly Alarm[];

  /** Why the schedule allows an alarm less. */
  readonly missingAlarms: readonly MissingAlarm[];

  /** A command for the AWS CLI that reports on the threads and changes nothing. */
  readonly checkCommand: string;

  readonly dashboardUrl: string;

  protected readonly name: string;
  private readonly network: Network | undefined;

  /** @throws Error for a wrong value, with the prop's name, what it must be and what was given */
  constructor(scope: Construct, id: string, given: ThreadCleanupProps) {
    super(scope, id);
    const props = checkProps(this, given);
    this.name = props.name;
    if (props.encryptionKey !== undefined) letServicesUse(props.encryptionKey, this);
    const code = lambdaCode();
    this.network =
      props.network && new Network(this, 'Network', { ...props.network, databasePort: props.databasePort });
    const settings = liveSettings(this, props.name);
    const results = new RunResults(this, 'Results');
    const failureQueue = new FailureQueue(this, 'Failures', props.encryptionKey);
    const exportBucket = this.createExportBucket(props);
    const shared = { ...props, code, settings, network: this.network };
    const cleanup = new CleanupFunction(this, 'Cleanup', { ...shared, failureQueue, results, exportBucket });
    const { schedule, timezone } = props;
    new CleanupSchedule(this, 'Nightly', { target: cleanup.scheduled, failureQueue, schedule, timezone });
    new Continuation(this, 'Continuation', { target: cleanup.scheduled, results, failureQueue });
    if (props.verifyOnDeploy) this.verify(cleanup, code, props);

    const isTold = props.notifyEmail.length > 0 || props.notifyTopic !== undefined;
    const notices = isTold
      ? new Notices(this, 'Notices', { ...props, code, cleanup, settings, results, failureQueue })
      : undefined;
    const commands = operatorCommands(cleanup, settings, failureQueue, props);
    const alarms = new Alarms(this, 'Alarms', { ...props, failureQueue, commands, topic: notices?.topic });
    const widget = new WidgetFunction(this, 'Widget', shared);
    const { dashboard } = new ThreadDashboard(this, 'Dashboard', {
      ...props,
      cleanup,
      widget: widget.function,
      notify: notices?.notify,
      failureQueue,
      alarms: alarms.all,
      commands,
    });
    this.function = cleanup.function;
    this.widget = widget.function;
    this.topic = notices?.topic;
    this.dashboard = dashboard;
    this.alarms = alarms.all;
    this.missingAlarms = alarms.missing;
    this.checkCommand = commands.check;
    this.dashboardUrl = commands.dashboard;
  }

  /**
   * The security groups of the functions that reach the database: `cluster.connections.allowDefaultPortFrom(cleanup)`.
   *
   * @throws Error outside of a VPC
   */
  get connections(): Connections {
    if (this.network === undefined) {
      throw new Error(`${this.node.path} has no connections: it is in no VPC. Set the prop vpc.`);
    }
    return this.network.connections;
  }

  /** Lets somebody check, clean up, restore and erase. */
  grantInvoke(grantee: IGrantable): Grant {
    return this.function.grantInvoke(grantee);
  }

  private createExportBucket({ exportRetentionDays, encryptionKey }: CheckedProps): ExportBucket | undefined {
    if (exportRetentionDays === undefined) return undefined;
    return new ExportBucket(this, 'Exports', { retentionDays: exportRetentionDays, encryptionKey });
  }

  private verify(cleanup: CleanupFunction, code: Code, props: CheckedProps): void {
    const { logRetention, encryptionKey, environment, network } = props;
    const after = [cleanup, this.network, network?.connectivity].filter((each) => each !== undefined);
    new DeploymentCheck(this, 'Verify', {
      ...{ code, logRetention, encryptionKey, environment },
      checked: cleanup.function,
      after,
    });
  }
}
