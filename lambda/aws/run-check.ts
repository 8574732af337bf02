import { setTimeout as wait } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { proxyAgent } from './proxy-agent.ts';

/**
 * Long enough for the function to say by itself what delays it: 30 s to connect, 220 s for a statement, the secret and the
 * parameters.
 */
export const INVOCATION_MS = 285_000;

/** IAM takes seconds to know everywhere that a role was given a right. A minute of attempts is what the CDK's triggers take. */
const PAUSE_MS = 5_000;
const MAX_PAUSES = 12;

/** How long things may take, in milliseconds; tests have less time. */
export interface CheckTimes {
  readonly invocationMs: number;
  readonly pauseMs: number;
}

const TIMES: CheckTimes = { invocationMs: INVOCATION_MS, pauseMs: PAUSE_MS };

/**
 * Invokes a version of the cleanup function for a check, and drops what it answers: names and phone numbers are in it.
 *
 * @param functionArn with the version
 * @param secret of the database to check, where there are many
 * @returns why it failed, in the function's own words where it has any; undefined when it did not
 */
export async function runCheck(
  functionArn: string,
  times: CheckTimes = TIMES,
  secret?: string,
): Promise<string | undefined> {
  const client = new LambdaClient({ requestHandler: { httpsAgent: proxyAgent() } });
  try {
    const { FunctionError: failed, Payload } = await invoke(client, functionArn, times, secret);
    return failed === undefined ? undefined : reasonIn(Payload?.transformToString());
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: '' };
    if (name !== 'TimeoutError' && name !== 'AbortError') return `The check could not be run: ${name}: ${message}`;
    return `The check did not answer within ${times.invocationMs / 1000} s. Its log says how far it got.`;
  } finally {
    client.destroy();
  }
}

/**
 * Checks some of the first databases at the same time: one that can be checked shows what all of them need. It passes where
 * there is no database yet.
 *
 * @param secrets of the databases
 * @returns why none can be checked, in the words of the first
 */
export async function runSomeCheck(functionArn: string, secrets: readonly string[]): Promise<string | undefined> {
  const some = secrets.slice(0, MAX_CHECKED);
  const failures = await Promise.all(some.map((secret) => runCheck(functionArn, TIMES, secret)));
  return failures.includes(undefined) ? undefined : failures[0];
}

/** More than one, since one may be broken. */
const MAX_CHECKED = 3;

async function invoke(
  client: LambdaClient,
  functionArn: string,
  { invocationMs, pauseMs }: CheckTimes,
  secret?: string,
) {
  const payload = secret === undefined ? {} : { Payload: JSON.stringify({ mode: 'check', secret }) };
  for (let pauses = 0; ; pauses++) {
    try {
      const command = new InvokeCommand({ FunctionName: functionArn, ...payload });
      return await client.send(command, { abortSignal: AbortSignal.timeout(invocationMs) });
    } catch (error) {
      const isEarly = error instanceof Error && error.name === 'AccessDeniedException' && pauses < MAX_PAUSES;
      if (!isEarly) throw error;
      await wait(pauseMs);
    }
  }
}

/** What the runtime reports of an error. */
const report = v.object({ errorType: v.string(), errorMessage: v.string() });

function reasonIn(payload = ''): string {
  try {
    const { errorType, errorMessage } = v.parse(report, JSON.parse(payload));
    return `${errorType}: ${errorMessage}`;
  } catch {
    return 'The check failed without a reason. Look in the log of the cleanup function.';
  }
}
