import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { setCommand } from '../../lambda/input/live-settings.ts';
import type { CleanupFunction } from '../functions/cleanup-function.ts';
import type { LiveSettings } from '../functions/live-settings.ts';
import type { OperatorCommands } from './texts/en.ts';

/** Makes the commands. Function, log group and queue are in them as tokens of the CDK, which a deployment replaces. */
export function operatorCommands(cleanup: CleanupFunction, settings: LiveSettings, failures: IQueue): OperatorCommands {
  // Without the time-out of 0 the CLI repeats a call that takes longer than a minute. No payload means check.
  const invoke = `aws lambda invoke --function-name ${cleanup.function.functionName} --cli-read-timeout 0`;
  return {
    check: `${invoke} /dev/stdout`,
    cleanUp: `${invoke} --cli-binary-format raw-in-base64-out --payload '{"mode":"cleanup"}' /dev/stdout`,
    resume: setCommand(settings.state.name, 'state', 'enabled'),
    setLimit: setCommand(settings.tokenLimit.name, 'token-limit', 'LIMIT'),
    readLog: `aws logs tail ${cleanup.function.logGroup.logGroupName} --since 1d`,
    // The cause is in the attributes, which SQS leaves out unless asked.
    readFailures: `aws sqs receive-message --message-attribute-names All --queue-url ${failures.queueUrl}`,
  };
}
