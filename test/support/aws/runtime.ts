// What AWS Lambda's Node.js runtime is to the function: a program that loads the handler once, calls it for each event, and
// reports its result or its error. An event is a line of standard input, an outcome a line of file descriptor 3; standard
// output and error are left to the function. When the input ends, nothing but what the function left open keeps it alive.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { Invocation, Outcome } from './deployed-function.ts';

const TIMEOUT_MS = 900_000;

const [file = ''] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);

for await (const line of createInterface({ input: process.stdin })) {
  const { requestId, event, remainingMs = TIMEOUT_MS, alias }: Invocation = JSON.parse(line);
  const end = performance.now() + remainingMs;
  const context = {
    awsRequestId: requestId,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:example${alias === undefined ? '' : `:${alias}`}`,
    memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => end - performance.now(),
  };
  writeSync(3, `${JSON.stringify(await outcomeOf(requestId, () => handler(event, context)))}\n`);
}

async function outcomeOf(requestId: string, call: () => Promise<Readonly<Record<string, unknown>>>): Promise<Outcome> {
  try {
    return { result: await call() };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error('No error was thrown, but something else.');
    const { name, message, stack } = failure;
    logError(requestId, failure);
    return {
      error: {
        errorType: name,
        errorMessage: message,
        trace: stack?.split('\n') ?? [],
        everything: inspect(error, { showHidden: true, depth: null }),
      },
    };
  }
}

/** The line that the runtime itself writes of an error where logs are JSON (its src/logging/formatter.ts). */
function logError(requestId: string, error: Error): void {
  const { name: errorType } = error.constructor;
  const message = { errorType, errorMessage: error.message, stackTrace: error.stack?.split('\n'), ...error };
  process.stderr.write(`${JSON.stringify({ timestamp: new Date(), level: 'ERROR', requestId, message })}\n`);
}
