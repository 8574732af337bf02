import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import { EventBridgeDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../lambda/model/metric-names.ts';
import type { CheckedProps, Fleet } from '../config/checked-props.ts';
import { encryptThrough } from '../encryption/key-use.ts';
import { MAXIMUM_EVENT_AGE } from '../schedule/failure-queue.ts';
import type { RunResults } from '../schedule/run-results.ts';
import { AssetFunction, type SharedFunctionProps } from './asset-function.ts';
import { logInToDatabase } from './database-login.ts';
import { type CheckSettings, checkEnvironment, numberText } from './environment.ts';
import type { ExportBucket } from './export-bucket.ts';
import { readSettings } from './live-settings.ts';
import type { Network } from './network.ts';

/** The most that Lambda offers; it waits one minute, then two. */
const RETRY_ATTEMPTS = 2;

export interface CleanupFunctionProps
  extends CheckSettings,
    SharedFunctionProps,
    Pick<CheckedProps, 'auditRetentionDays'> {
  /**
   * Takes the nightly runs that failed at every attempt.
   *
   * @default - none: whoever invokes it for many databases is told by the error
   */
  readonly failureQueue?: IQueue | undefined;

  /**
   * Takes the complete rows before they are cleared.
   *
   * @default - nothing is exported
   */
  readonly exportBucket: ExportBucket | undefined;

  /**
   * The place in a VPC to run in.
   *
   * @default - outside of any VPC
   */
  readonly network: Network | undefined;
}

/**
 * The function that cleans up, checks and restores, and the right to do so.
 *
 * 256 MB, 15 minutes (the longest that Lambda offers).
 */
export class CleanupFunction extends AssetFunction {
  constructor(scope: Construct, id: string, props: CleanupFunctionProps) {
    const { code, logRetention, encryptionKey, environment, failureQueue, network } = props;
    const { settings, exportBucket, auditRetentionDays, fleet } = props;
    super(scope, id, {
      ...{ code, logRetention, encryptionKey, environment, network },
      ...(failureQueue !== undefined && { failureQueue }),
      description: 'Clears WhatsApp AI threads that reached the token limit; without a payload, reports on them',
      entryPoint: 'handler',
      memorySize: 256,
      timeout: Duration.minutes(15),
      variables: {
        ...checkEnvironment(scope, props),
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
        ...(auditRetentionDays !== undefined && { AUDIT_RETENTION_DAYS: numberText(auditRetentionDays) }),
        ...(exportBucket !== undefined && { EXPORT_BUCKET: exportBucket.bucketName }),
      },
    });
    for (const statement of logInToDatabase(this, props)) this.role.addToPolicy(statement);
    this.role.addToPolicy(readSettings(settings.tokenLimit, settings.state));
    if (exportBucket !== undefined) this.writeExports(exportBucket);
    if (fleet !== undefined) this.explainPrefix(fleet);
  }

  /**
   * What the schedule invokes. Retries, age and destinations are this alias's own: elsewhere an asynchronous check, which
   * has names and phone numbers in its result, would be on the event bus.
   *
   * @param results takes the results of the runs that the schedule asked for
   */
  addScheduledAlias(results: RunResults): IAlias {
    // The class has `role: IRole | undefined` where its own interface has `role?: IRole`, which are not the same to
    // exactOptionalPropertyTypes: hence the assertion.
    const scheduled = this.function.addAlias('scheduled') as IAlias;
    // The same as above: `eventSourceName: string | undefined`.
    const destination = new EventBridgeDestination(results as IEventBus);
    scheduled.configureAsyncInvoke({
      retryAttempts: RETRY_ATTEMPTS,
      maxEventAge: MAXIMUM_EVENT_AGE,
      onSuccess: destination,
      onFailure: destination,
    });
    results.acceptOnlyFrom(this.role);
    return scheduled;
  }

  /** What is invoked for each of many databases, and answers with counts alone: the function knows it by this name. */
  addFleetAlias(): IAlias {
    return this.function.addAlias('fleet') as IAlias;
  }

  private explainPrefix({ prefix }: Fleet): void {
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${prefix}*]`,
      reason:
        'There is a secret for each database, and a new database needs no deployment: they are all below this prefix.',
    });
  }

  private writeExports(bucket: ExportBucket): void {
    const exports = bucket.arnForObjects('exports/*');
    this.role.addToPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [exports] }));
    for (const statement of encryptThrough('s3', bucket.encryptionKey, this)) this.role.addToPolicy(statement);
    const [bucketId] = Stack.of(this).resolve(bucket.bucketArn)['Fn::GetAtt'];
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/exports/*]`,
      reason: 'Every object has a name of its own, by date and request; they are all below this prefix.',
    });
  }
}
