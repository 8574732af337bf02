import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { handler } from '../../../lambda/fleet.ts';
import type { Situation } from '../aws/deployed-function.ts';

export const FLEET_ALIAS = 'arn:aws:lambda:eu-west-1:123456789012:function:example:fleet';

/** The environment that the template gives the durable function. */
export const fleetEnvironment = (prefix: string, additions: Readonly<Record<string, string>> = {}) => ({
  DATABASE_SECRET_PREFIX: prefix,
  CLEANUP_FUNCTION_ARN: FLEET_ALIAS,
  FUNCTION_NAME: 'example',
  DASHBOARD_URL: 'https://console.example/dashboard',
  TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:notices',
  STATE_PARAMETER: '/stack/state',
  ...additions,
});

/** What a night came to. */
export interface Night {
  readonly status: string | undefined;
  readonly result: unknown;
  readonly error: { readonly errorType: string | undefined; readonly errorMessage: string | undefined } | undefined;
  /** Operations that AWS would count. */
  readonly operations: number;
  /** How often the durable function was begun. */
  readonly replays: number;
  /** Real invocations of the cleanup function, by secret. */
  readonly invocations: ReadonlyMap<string, number>;
  /** Everything that stays in the execution's history. */
  readonly history: string;
}

export interface NightOptions {
  readonly payload?: unknown;
  /** The cleanup function. Its error's message is all that is handed on. */
  readonly invoke: (event: DatabaseEvent, situation: Situation) => Promise<unknown>;
  /** How long an invocation has. @default 15 minutes */
  readonly remainingMs?: (secret: string, nth: number) => number | undefined;
}

/** What the durable function sends. */
export interface DatabaseEvent {
  readonly mode: string;
  readonly secret: string;
  readonly next?: unknown;
}

/** Lets the official runner play AWS's part: every wait ends at once, and every result begins the function again. */
export async function playNight({ payload, invoke, remainingMs }: NightOptions): Promise<Night> {
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
  try {
    const invocations = new Map<string, number>();
    const runner = new LocalDurableTestRunner<unknown>({ handlerFunction: handler });
    runner.registerFunction(FLEET_ALIAS, async (event: DatabaseEvent) => {
      const nth = (invocations.get(event.secret) ?? 0) + 1;
      invocations.set(event.secret, nth);
      const time = remainingMs?.(event.secret, nth);
      return invoke(event, { alias: 'fleet', ...(time !== undefined && { remainingMs: time }) });
    });
    const execution = await runner.run({ payload });
    const status = execution.getStatus();
    const succeeded = status === 'SUCCEEDED';
    return {
      status,
      result: succeeded ? execution.getResult() : undefined,
      error: succeeded ? undefined : execution.getError(),
      operations: execution.getOperations().length,
      replays: execution.getInvocations().length,
      invocations,
      history: JSON.stringify(execution.getHistoryEvents()),
    };
  } finally {
    await LocalDurableTestRunner.teardownTestEnvironment();
  }
}
