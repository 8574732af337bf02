import { inRegion, setCommand } from '../input/live-settings.ts';
import type { Commands } from '../model/results.ts';

/** What the commands are about. */
export interface CommandTarget {
  /** Of the cleanup function. */
  readonly functionName: string;
  /** @default the region that the reader's AWS CLI is configured for */
  readonly region: string | undefined;
  /** Name of the SSM parameter that pauses the cleanup. */
  readonly stateParameter: string | undefined;
}

/**
 * The commands that a summary names, for the AWS CLI.
 *
 * @param requestId of the run to restore
 * @param tokenLimit of the payload, for a cleanup with the same one
 */
export function awsCommands(target: CommandTarget, requestId: string, tokenLimit?: number): Commands {
  return {
    restore: invokeCommand(target, { mode: 'restore', requestId }),
    resume: setCommand(target.stateParameter ?? '/STACK/state', 'state', 'enabled', target.region),
    force: invokeCommand(target, { mode: 'cleanup', ...(tokenLimit !== undefined && { tokenLimit }), force: true }),
  };
}

/**
 * A copyable command that invokes the function and prints its result. Without `--cli-read-timeout 0` the CLI would repeat
 * a call that takes longer than a minute.
 */
export function invokeCommand(
  { functionName, region }: Pick<CommandTarget, 'functionName' | 'region'>,
  payload: Record<string, unknown>,
): string {
  return (
    `aws lambda invoke ${inRegion(region)}--function-name ${functionName} --cli-read-timeout 0 ` +
    `--cli-binary-format raw-in-base64-out --payload '${JSON.stringify(payload)}' /dev/stdout`
  );
}

/**
 * Copyable commands that read every message of a queue, ten at a time as SQS hands them out, and that delete them all.
 *
 * The cause is in the attributes, which SQS leaves out unless asked.
 */
export function queueCommands({ region }: Pick<CommandTarget, 'region'>, queueUrl: string) {
  const options = `${inRegion(region)}--queue-url ${queueUrl}`;
  return {
    read:
      `while m=$(aws sqs receive-message ${options} --max-number-of-messages 10 --visibility-timeout 60 ` +
      '--message-attribute-names All) && [ "$m" ]; do echo "$m"; done',
    purge: `aws sqs purge-queue ${options}`,
  };
}
