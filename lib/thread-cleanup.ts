import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Code, IAlias, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type CheckedProps, checkProps } from './config/checked-props.ts';
import type { ThreadCleanupProps } from './config/props.ts';
import { letServicesUse } from './encryption/key-policy.ts';
import { CleanupFunction } from './functions/cleanup-function.ts';
import { fleetCode, lambdaCode } from './functions/code.ts';
import { DeploymentCheck } from './functions/deployment-check.ts';
import { ExportBucket } from './functions/export-bucket.ts';
import { FleetFunction } from './functions/fleet-function.ts';
import { type LiveSettings, liveSettings } from './functions/live-settings.ts';
import { Network } from './functions/network.ts';
import { WidgetFunction } from './functions/widget-function.ts';
import { Alarms, type MissingAlarm } from './monitoring/alarms.ts';
import { CleanupMetrics } from './monitoring/cleanup-metrics.ts';
import { ThreadDashboard } from './monitoring/dashboard.ts';
import { dashboardUrl } from './monitoring/dashboard-link.ts';
import { noticeTopic } from './monitoring/notice-topic.ts';
import { Notices } from './monitoring/notices.ts';
import { operatorCommands } from './monitoring/operator-commands.ts';
import { CleanupSchedule } from './schedule/cleanup-schedule.ts';
import { Continuation } from './schedule/continuation.ts';
import { FailureQueue } from './schedule/failure-queue.ts';
import { RunResults } from './schedule/run-results.ts';

export type { DatabaseIamAuth, DatabaseSecrets, ThreadCleanupProps, VpcByIds } from './config/props.ts';
export type { MissingAlarm } from './monitoring/alarms.ts';

/**
 * Clears, every night, the WhatsApp AI threads that have reached the token limit: the function, its schedule, its alarms and
 * its dashboard.
 */
export class ThreadCleanup extends CleanupMetrics implements IConnectable {
  /** The function that cleans up, checks, restores and erases. Without a payload it only checks. */
  readonly function: IFunction;

  /** The function that works through many databases; undefined where there is one. Its callers name this alias. */
  readonly fleet: IAlias | undefined;

  /** The function that draws the report in the dashboard, whose viewers need the right to invoke it; for one database. */
  readonly widget: IFunction | undefined;

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
  private readonly fleetFunction: FleetFunction | undefined;

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
    const { fleet } = props;
    const results = fleet === undefined ? new RunResults(this, 'Results', props.name) : undefined;
    const failureQueue = new FailureQueue(this, 'Failures', props.encryptionKey);
    const exportBucket = this.createExportBucket(props);
    const shared = { ...props, code, settings, network: this.network };
    const cleanup = new CleanupFunction(this, 'Cleanup', {
      ...shared,
      exportBucket,
      failureQueue: fleet === undefined ? failureQueue : undefined,
    });
    const parts = { ...props, code, cleanup, settings, failureQueue };
    const nightly = results === undefined ? this.runMany(parts) : this.runOne({ ...parts, results });

    const many = nightly.fleet && fleet && { function: nightly.fleet, prefix: fleet.prefix };
    const commands = operatorCommands(cleanup, settings, failureQueue, props, many);
    const alarms = new Alarms(this, 'Alarms', { ...props, failureQueue, commands, topic: nightly.topic });
    const widget = fleet === undefined ? new WidgetFunction(this, 'Widget', shared).function : undefined;
    const { dashboard } = new ThreadDashboard(this, 'Dashboard', {
      ...{ ...props, ...nightly, cleanup, widget, failureQueue, commands },
      alarms: alarms.all,
    });
    this.function = cleanup.function;
    this.fleetFunction = nightly.fleet;
    this.fleet = nightly.fleet?.live;
    this.widget = widget;
    this.topic = nightly.topic;
    this.dashboard = dashboard;
    this.alarms = alarms.all;
    this.missingAlarms = alarms.missing;
    this.checkCommand = commands.check;
    this.dashboardUrl = commands.dashboard;
  }

  /**
   * The security groups of the functions that reach the database: `cleanup.connections.allowToDefaultPort(database)`.
   *
   * From this end, since the rules then belong to the cleanup's stack; that of the database would come to depend on it.
   *
   * @throws Error outside of a VPC
   */
  get connections(): Connections {
    if (this.network === undefined) {
      throw new Error(`${this.node.path} has no connections: it is in no VPC. Set the prop vpc.`);
    }
    return this.network.connections;
  }

  /** Lets somebody check, clean up, restore and erase; of many databases each by itself, and check and clean up all. */
  grantInvoke(grantee: IGrantable): Grant {
    const one = this.function.grantInvoke(grantee);
    return this.fleetFunction === undefined ? one : one.combine(this.fleetFunction.grantRun(grantee));
  }

  /** One database: the schedule invokes the cleanup function, and rules continue it and tell of it. */
  private runOne({ results, ...parts }: Parts & { readonly results: RunResults }): Nightly {
    const { cleanup, failureQueue, schedule, timezone } = parts;
    const target = cleanup.addScheduledAlias(results);
    new CleanupSchedule(this, 'Nightly', { target, input: { mode: 'cleanup' }, failureQueue, schedule, timezone });
    new Continuation(this, 'Continuation', { target, results, failureQueue });
    if (parts.verifyOnDeploy) this.verify(parts);
    const notices = isTold(parts) ? new Notices(this, 'Notices', { ...parts, scheduled: target, results }) : undefined;
    return { scheduled: target, topic: notices?.topic, notify: notices?.notify, fleet: undefined };
  }

  /** Many databases: the schedule invokes a durable function, which does all of that for each. */
  private runMany(parts: Parts): Nightly {
    const { fleet, failureQueue, schedule, timezone } = parts;
    if (fleet === undefined) throw new TypeError('There are no databases to work through');
    if (parts.verifyOnDeploy) this.verify(parts);
    const topic = isTold(parts) ? noticeTopic(new Construct(this, 'Notices'), parts) : undefined;
    const code = fleetCode();
    const fleetFunction = new FleetFunction(this, 'Fleet', {
      ...parts,
      ...{ code, fleet, topic, dashboardUrl: dashboardUrl(parts.name) },
    });
    const input = { mode: 'cleanup', scheduled: true };
    new CleanupSchedule(this, 'Nightly', { target: fleetFunction.live, input, failureQueue, schedule, timezone });
    return { scheduled: undefined, topic, notify: undefined, fleet: fleetFunction };
  }

  private createExportBucket({ exportRetentionDays, encryptionKey }: CheckedProps): ExportBucket | undefined {
    if (exportRetentionDays === undefined) return undefined;
    return new ExportBucket(this, 'Exports', { retentionDays: exportRetentionDays, encryptionKey });
  }

  private verify({ cleanup, code, fleet, logRetention, encryptionKey, environment, network }: Parts): void {
    const after = [cleanup, this.network, network?.connectivity].filter((each) => each !== undefined);
    new DeploymentCheck(this, 'Verify', {
      ...{ code, logRetention, encryptionKey, environment, fleet },
      checked: cleanup.function,
      after,
    });
  }
}

/** What a night is put together from. */
interface Parts extends CheckedProps {
  readonly code: Code;
  readonly cleanup: CleanupFunction;
  readonly settings: LiveSettings;
  readonly failureQueue: FailureQueue;
}

/** What a night consists of, for alarms and dashboard. */
interface Nightly {
  /** What the schedule invokes of the cleanup function; undefined where it invokes another. */
  readonly scheduled: IAlias | undefined;
  readonly topic: ITopic | undefined;
  /** The function that writes e-mails, if it is one of its own. */
  readonly notify: IFunction | undefined;
  readonly fleet: FleetFunction | undefined;
}

const isTold = ({ notifyEmail, notifyTopic }: CheckedProps) => notifyEmail.length > 0 || notifyTopic !== undefined;
