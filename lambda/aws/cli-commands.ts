import { inRegion, setCommand } from '../input/live-settings.ts';
import type { Commands } from '../model/results.ts';

/** What the commands are about. */
export interface CommandTarget {
  /** Of the cleanup function. */
  readonly functionName: string;
  /** @default the region that the reader's AWS CLI is configured for */
  readonly region: string | undefined;
  /** Names of the SSM parameters that pause the cleanup, and that set the limit. */
  readonly stateParameter: string | undefined;
  readonly tokenLimitParameter: string | undefined;
  /** Of the database, where there are many. @default the function has one */
  readonly secret?: string | undefined;
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
    cleanUp: invokeCommand(target, { mode: 'cleanup' }),
    correctLimit:
      tokenLimit === undefined
        ? setCommand(target.tokenLimitParameter ?? '/STACK/token-limit', 'token-limit', 'LIMIT', target.region)
        : invokeCommand(target, { mode: 'check' }),
    force: invokeCommand(target, { mode: 'cleanup', ...(tokenLimit !== undefined && { tokenLimit }), force: true }),
  };
}

/**
 * A copyable command that invokes the function and prints its result. Without `--cli-read-timeout 0` the CLI would repeat
 * a call that takes longer than a minute.
 */
export function invokeCommand(
  { functionName, region, secret }: Pick<CommandTarget, 'functionName' | 'region' | 'secret'>,
  payload: Record<string, unknown>,
): string {
  const complete = secret === undefined ? payload : { ...payload, secret };
  return (
    `aws lambda invoke ${inRegion(region)}--function-name ${functionName} --cli-read-timeout 0 ` +
    `--cli-binary-format raw-in-base64-out --payload '${JSON.stringify(complete)}' /dev/stdout`
  );
}

/**
 * Copyable commands that read every message of a queue, ten at a time as SQS hands them out, and that delete them all.
 *
 * The cause is in the attributes, which SQS leaves out unless asked. Without a time to wait, it asks a sample of its servers
 * alone, and may answer nothing where messages are (Amazon SQS Developer Guide, "short and long polling").
 */
export function queueCommands({ region }: Pick<CommandTarget, 'region'>, queueUrl: string) {
  const options = `${inRegion(region)}--queue-url ${queueUrl}`;
  return {
    read:
      `while m=$(aws sqs receive-message ${options} --max-number-of-messages 10 --visibility-timeout 60 ` +
      '--wait-time-seconds 5 --message-attribute-names All) && [ "$m" ]; do echo "$m"; done',
    purge: `aws sqs purge-queue ${options}`,
  };
}

/** The simplest of the forms that a secret may have. */
const URL_PATTERN = 'postgresql://USER:PASSWORD@HOST:5432/DATABASE';

/**
 * Copyable commands that list the secrets, read this one, store another text in it, restore it where it is marked for deletion,
 * and create it.
 *
 * @param secretId name or ARN; an ARN tells the region itself
 */
export function secretCommands(secretId: string, region: string | undefined) {
  const [, , , ofArn] = secretId.startsWith('arn:') ? secretId.split(':') : [];
  const options = inRegion(ofArn ?? region);
  const name = ofArn === undefined ? secretId : 'NAME';
  return {
    list:
      `aws secretsmanager list-secrets ${options}--include-planned-deletion ` +
      "--query 'SecretList[].[Name,DeletedDate]' --output table",
    read: `aws secretsmanager get-secret-value ${options}--secret-id '${secretId}' --query SecretString --output text`,
    correct: `aws secretsmanager put-secret-value ${options}--secret-id '${secretId}' --secret-string '${URL_PATTERN}'`,
    restore: `aws secretsmanager restore-secret ${options}--secret-id '${secretId}'`,
    create: `aws secretsmanager create-secret ${options}--name '${name}' --secret-string '${URL_PATTERN}'`,
  };
}
