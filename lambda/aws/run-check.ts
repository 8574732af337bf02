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

/**
 * Invokes a version of the cleanup function without a payload, which is a check, and drops what it answers: names and phone
 * numbers are in it.
 *
 * @param functionArn with the version
 * @returns why it failed, in the function's own words where it has any; undefined when it did not
 */
export async function runCheck(
  functionArn: string,
  times: CheckTimes = { invocationMs: INVOCATION_MS, pauseMs: PAUSE_MS },
): Promise<string | undefined> {
  const client = new LambdaClient({ requestHandler: { httpsAgent: proxyAgent() } });
  try {
    const { FunctionError: failed, Payload } = await invoke(client, functionArn, times);
    return failed === undefined ? undefined : reasonIn(Payload?.transformToString());
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: '' };
    if (name !== 'TimeoutError' && name !== 'AbortError') return `The check could not be run: ${name}: ${message}`;
    return `The check did not answer within ${times.invocationMs / 1000} s. Its log says how far it got.`;
  } finally {
    client.destroy();
  }
}

async function invoke(client: LambdaClient, functionArn: string, { invocationMs, pauseMs }: CheckTimes) {
  for (let pauses = 0; ; pauses++) {
    try {
      const command = new InvokeCommand({ FunctionName: functionArn });
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
