import { Annotations, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../lambda/model/metric-names.ts';
import type { CheckedProps, Fleet } from '../config/checked-props.ts';
import { encryptThrough } from '../encryption/key-use.ts';
import { MAXIMUM_EVENT_AGE } from '../schedule/failure-queue.ts';
import { AssetFunction, type SharedFunctionProps } from './asset-function.ts';
import type { CleanupFunction } from './cleanup-function.ts';
import { explainList, listSecrets } from './database-secret.ts';
import { numberText } from './environment.ts';
import { type LiveSettings, readSettings } from './live-settings.ts';

/** A run must be over before the next night's begins. */
const EXECUTION_TIMEOUT = Duration.hours(23);

/** What a night did is looked at within two weeks, as what is in the dead-letter queue. */
const HISTORY_RETENTION = Duration.days(14);

/** The alias that is invoked, for all databases. */
export const ALL = 'all';

export interface FleetFunctionProps extends SharedFunctionProps, Pick<CheckedProps, 'name' | 'language' | 'timezone'> {
  readonly fleet: Fleet;

  /** The function that is invoked for each database. */
  readonly cleanup: CleanupFunction;

  readonly settings: LiveSettings;

  /** Takes the runs that failed, or could not be delivered. */
  readonly failureQueue: IQueue;

  readonly dashboardUrl: string;

  /**
   * Where the e-mail of a run is published.
   *
   * @default - nobody is told
   */
  readonly topic: ITopic | undefined;
}

/**
 * The durable function that works through many databases: it lists their secrets, invokes the cleanup function for each, adds
 * up, and tells. It has no database, no VPC, and reads no secret.
 *
 * A function is durable from its creation or never, so that it is one of its own. A run that fails is not begun again: its
 * e-mail has been sent, and the next night does the same work.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
 */
export class FleetFunction extends AssetFunction {
  /** What the schedule and people invoke: Lambda wants a version or an alias, so that a run ends on the code it began on. */
  readonly live: IAlias;

  constructor(scope: Construct, id: string, props: FleetFunctionProps) {
    const { code, logRetention, encryptionKey, environment, failureQueue } = props;
    const { fleet, cleanup, settings, topic } = props;
    const target = cleanup.addFleetAlias();
    super(scope, id, {
      ...{ code, logRetention, encryptionKey, environment, failureQueue },
      description: 'Invokes the cleanup of WhatsApp AI threads for each of many databases',
      entryPoint: 'fleet',
      // With less of a processor, looking through what a thousand databases did takes seconds each time.
      memorySize: 512,
      timeout: Duration.minutes(15),
      // A run that goes on during a deployment needs the version that it began on.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      durableConfig: { executionTimeout: EXECUTION_TIMEOUT, retentionPeriod: HISTORY_RETENTION },
      variables: {
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
        DATABASE_SECRET_PREFIX: fleet.prefix,
        ...(fleet.concurrency !== undefined && { DATABASE_CONCURRENCY: numberText(fleet.concurrency) }),
        ...(fleet.maxFailedShare !== undefined && { MAX_FAILED_SHARE: numberText(fleet.maxFailedShare) }),
        CLEANUP_FUNCTION_ARN: target.functionArn,
        FUNCTION_NAME: cleanup.function.functionName,
        STATE_PARAMETER: settings.state.name,
        DASHBOARD_URL: props.dashboardUrl,
        ...(topic !== undefined && { TOPIC_ARN: topic.topicArn }),
        LANGUAGE: props.language,
        TIMEZONE: props.timezone,
      },
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }));
    this.role.addToPolicy(readSettings(settings.state));
    this.role.addToPolicy(listSecrets());
    if (topic !== undefined) {
      this.role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
      for (const statement of encryptThrough('sns', topic.masterKey, this)) this.role.addToPolicy(statement);
    }
    explainList(this.role);
    Annotations.of(this.function).acknowledgeInfo(
      'aws-lambda:Function.DurableConfig',
      'It is durable from its creation, so there is nothing to replace.',
    );

    this.live = this.function.addAlias(ALL) as IAlias;
    this.live.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: MAXIMUM_EVENT_AGE });
    this.live.node.addDependency(this.rememberSteps());
  }

  /** Lets somebody start a run, and see what came of it: Lambda lets nobody wait for one. */
  grantRun(grantee: IGrantable): Grant {
    const look = Grant.addToPrincipal({
      grantee,
      actions: ['lambda:GetDurableExecution'],
      resourceArns: [this.executions],
    });
    return this.live.grantInvoke(grantee).combine(look);
  }

  /** Every execution has an ARN of its own, below that of the version that runs it. */
  private get executions(): string {
    return `${this.function.functionArn}:*`;
  }

  /**
   * The right to remember what was done. A policy of its own: the function depends on its role's, which would depend on it.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/durable-security.html
   */
  private rememberSteps(): Policy {
    const policy = new Policy(this, 'Steps', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [this.executions],
        }),
      ],
    });
    const [functionId] = Stack.of(this).resolve(this.function.functionArn)['Fn::GetAtt'];
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${functionId}.Arn>:*]`,
      reason: 'Lambda gives every execution an ARN of its own, below that of the version that runs it.',
    });
    return policy;
  }
}
