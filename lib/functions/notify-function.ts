import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Config } from '../config/config.ts';
import { AssetFunction, type AssetFunctionProps } from './asset-function.ts';
import type { CleanupFunction } from './cleanup-function.ts';
import type { LiveSettings } from './live-settings.ts';

export interface NotifyFunctionProps
  extends Pick<AssetFunctionProps, 'code' | 'logRetentionDays'>,
    Pick<Config, 'tableName' | 'language' | 'timezone'> {
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
    const { code, logRetentionDays, cleanup, settings, failureQueue, dashboardUrl, topic } = props;
    super(scope, id, {
      description: 'Writes an e-mail when a cleanup of WhatsApp AI threads cleared something, or failed',
      code,
      entryPoint: 'notify',
      memorySize: 128,
      timeout: Duration.seconds(30),
      environment: {
        POWERTOOLS_SERVICE_NAME: Stack.of(scope).stackName,
        TOPIC_ARN: topic.topicArn,
        FUNCTION_NAME: cleanup.function.functionName,
        TOKEN_LIMIT_PARAMETER: settings.tokenLimit.name,
        FAILURE_QUEUE_URL: failureQueue.queueUrl,
        DASHBOARD_URL: dashboardUrl,
        TABLE_NAME: props.tableName,
        LANGUAGE: props.language,
        TIMEZONE: props.timezone,
      },
      logRetentionDays,
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
  }
}
