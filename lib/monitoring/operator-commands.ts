import { Aws } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { historyCommand, setCommand } from '../../lambda/input/live-settings.ts';
import { lockQuery, parseTableName } from '../../lambda/input/values.ts';
import type { CheckedProps } from '../config/checked-props.ts';
import type { CleanupFunction } from '../functions/cleanup-function.ts';
import { ALL, type FleetFunction } from '../functions/fleet-function.ts';
import type { LiveSettings } from '../functions/live-settings.ts';
import { dashboardUrl } from './dashboard-link.ts';
import type { OperatorCommands } from './texts/en.ts';

/**
 * Makes the commands. Function, log group and queue are in them as tokens of the CDK, which a deployment replaces.
 *
 * @param many the function that works through many databases, and what the names of their secrets begin with
 */
export function operatorCommands(
  cleanup: CleanupFunction,
  settings: LiveSettings,
  failures: IQueue,
  { name, tableName }: Pick<CheckedProps, 'name' | 'tableName'>,
  many?: { readonly function: FleetFunction; readonly prefix: string },
): OperatorCommands {
  const region = `--region ${Aws.REGION}`;
  // Without the time-out of 0 the CLI repeats a call that takes longer than a minute. No payload means check.
  const start = (name: string) => `aws lambda invoke ${region} --function-name ${name}`;
  const one = `${start(cleanup.function.functionName)} --cli-read-timeout 0`;
  // Lambda lets nobody wait for a durable function whose executions may take longer than a quarter of an hour.
  const all = many && `${start(`${many.function.function.functionName}:${ALL}`)} --invocation-type Event`;
  const withPayload = (payload: object, output = '/dev/stdout') =>
    `--cli-binary-format raw-in-base64-out --payload '${JSON.stringify(payload)}' ${output}`;
  const cleanUp =
    all === undefined
      ? `${one} ${withPayload({ mode: 'cleanup' })}`
      : `${all} ${withPayload({ mode: 'cleanup' }, '/dev/null')}`;
  const log = (many?.function ?? cleanup).function.logGroup.logGroupName;
  const { read, purge } = queueCommands(failures.queueUrl);
  const short = queueCommands('$q');
  const table = parseTableName(tableName);
  if (table === undefined) throw new TypeError(`${tableName} is no name of a table`);
  return {
    dashboard: dashboardUrl(name),
    check: all === undefined ? `${one} /dev/stdout` : startAndWait(all, region),
    cleanUp,
    ...(many !== undefined && { checkOne: `${one} ${withPayload({ mode: 'check', secret: `${many.prefix}NAME` })}` }),
    pauseHistory: historyCommand(settings.state.name, Aws.REGION),
    resume: setCommand(settings.state.name, 'state', 'enabled', Aws.REGION),
    setLimit: setCommand(settings.tokenLimit.name, 'token-limit', 'LIMIT', Aws.REGION),
    readLog: `aws logs tail ${log} ${region} --since 1d`,
    readFailures: read,
    purgeFailures: purge,
    readQueue: `q=${failures.queueUrl}; ${short.read}`,
    purgeQueue: short.purge,
    findLocks: lockQuery(table),
  };
}

/** Starts a durable execution, waits until it is over, and prints its status with its result, or with why it failed. */
function startAndWait(start: string, region: string): string {
  const look =
    `aws lambda get-durable-execution ${region} --durable-execution-arn "$e" ` +
    "--query '[Status,Result||Error.ErrorMessage]' --output text";
  return (
    `e=$(${start} --query DurableExecutionArn --output text /dev/null); ` +
    `while r=$(${look}) && [ "\${r#RUNNING}" != "$r" ]; do sleep 5; done; echo "$r"`
  );
}

/** As in lambda/aws/cli-commands.ts: ten at a time is what SQS hands out; the cause is in the attributes. */
function queueCommands(url: string) {
  const queue = `--region ${Aws.REGION} --queue-url ${url}`;
  return {
    read:
      `while m=$(aws sqs receive-message ${queue} --max-number-of-messages 10 --visibility-timeout 60 ` +
      '--wait-time-seconds 5 --message-attribute-names All) && [ "$m" ]; do echo "$m"; done',
    purge: `aws sqs purge-queue ${queue}`,
  };
}
