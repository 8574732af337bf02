import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import { encryptThrough } from '../encryption/key-use.ts';
import { AssetFunction, type SharedFunctionProps } from './asset-function.ts';
import type { CleanupFunction } from './cleanup-function.ts';
import type { LiveSettings } from './live-settings.ts';

export interface NotifyFunctionProps
  extends SharedFunctionProps,
    Pick<CheckedProps, 'name' | 'tableName' | 'language' | 'timezone'> {
  /** The function that the commands in an e-mail invoke. */
  readonly cleanup: CleanupFunction;

  readonly settings: LiveSettings;

  /** Where failed requests wait. */
  readonly failureQueue: IQueue;

  readonly dashboardUrl: string;

  /** Where an e-mail is published. */
  readonly topic: ITopic;
}

/**
 * The function that writes an e-mail from the result of a scheduled run. It has no database, no VPC, and one right.
 *
 * It is apart from the cleanup so that a failure to notify never makes a cleanup fail or run again.
 */
export class NotifyFunction extends AssetFunction {
  constructor(scope: Construct, id: string, props: NotifyFunctionProps) {
    const { code, logRetention, encryptionKey, environment } = props;
    const { cleanup, settings, failureQueue, dashboardUrl, topic } = props;
    super(scope, id, {
      ...{ code, logRetention, encryptionKey, environment },
      description: 'Writes an e-mail when a cleanup of WhatsApp AI threads cleared something, or failed',
      entryPoint: 'notify',
      memorySize: 128,
      timeout: Duration.seconds(30),
      variables: {
        POWERTOOLS_SERVICE_NAME: props.name,
        TOPIC_ARN: topic.topicArn,
        FUNCTION_NAME: cleanup.function.functionName,
        TOKEN_LIMIT_PARAMETER: settings.tokenLimit.name,
        FAILURE_QUEUE_URL: failureQueue.queueUrl,
        DASHBOARD_URL: dashboardUrl,
        TABLE_NAME: props.tableName,
        LANGUAGE: props.language,
        TIMEZONE: props.timezone,
      },
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
    for (const statement of encryptThrough('sns', topic.masterKey, this)) this.role.addToPolicy(statement);
  }
}
