import * as v from 'valibot';
import { parseEvent } from '../input/event.ts';
import { REQUEST_ID } from '../input/values.ts';
import { JobError } from '../model/job-error.ts';
import type { Payload } from '../model/payloads.ts';
import { inOneLine } from '../model/quote-safely.ts';

/** How a scheduled run ended, as far as a notice needs to know it. */
export type RunOutcome = CleanedUp | Failed | { readonly kind: 'other'; readonly requestId: string };

/** A cleanup that returned a result. */
export interface CleanedUp extends Omit<Run, 'requestId'>, v.InferOutput<typeof cleanupResult> {
  readonly kind: 'cleanup';
}

/** A run that Lambda gave up. */
export interface Failed extends Run {
  readonly kind: 'failure';
  /** What it was asked for; undefined when that is what was wrong. */
  readonly mode: Payload['mode'] | undefined;
  /** In the audit rows of the run: the request id of its first invocation, where this one was to continue it. */
  readonly runId: string;
  /** Lambda's reason, such as `RetriesExhausted`. */
  readonly condition: string;
  /** Class of the error, such as `DatabaseUnreachable` or `Sandbox.Timedout`; absent when there was none. */
  readonly errorType?: string | undefined;
  readonly errorMessage: string;
}

interface Run {
  readonly requestId: string;
  /** When it ended, in ISO 8601. */
  readonly endedAt: string;
  /** How often it was tried. */
  readonly attempts: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const quotedText = v.pipe(v.string(), v.transform(inOneLine));

/** Of the result of a cleanup, what a notice shows. */
const cleanupResult = v.object({
  mode: v.literal('cleanup'),
  // Of the whole run: the record has that of its last invocation.
  requestId: v.pipe(v.string(), v.regex(REQUEST_ID)),
  tokenLimit: count,
  cleanedCount: count,
  totalTokensCleared: count,
  auditCount: count,
  nearLimitCount: count,
  remainingCount: count,
  complete: v.boolean(),
  paused: v.fallback(v.boolean(), false),
  durationMs: count,
  warnings: v.fallback(v.array(quotedText), []),
});

/** Letters and dots only: no class of an error needs more, and no phone number fits. */
const errorName = v.pipe(v.string(), v.regex(/^[A-Za-z.]{1,64}$/));

/** AWS Lambda Developer Guide: "Capturing records of Lambda asynchronous invocations". */
const invocationRecord = v.object({
  timestamp: v.pipe(
    v.string(),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  requestContext: v.object({
    requestId: v.pipe(v.string(), v.regex(REQUEST_ID)),
    condition: v.fallback(errorName, 'Failure'),
    approximateInvokeCount: v.fallback(count, 1),
  }),
  // Absent where the function never ran: throttled, too old, or without concurrency.
  requestPayload: v.optional(v.unknown()),
  responsePayload: v.optional(v.unknown()),
});

/** What the runtime, or the function, reports of an error. Anything else is an error without a name. */
const errorReport = v.fallback(
  v.object({ errorType: v.fallback(v.optional(errorName), undefined), errorMessage: v.fallback(quotedText, '') }),
  { errorType: undefined, errorMessage: '' },
);

/**
 * Reads the event with which EventBridge hands over the record of an asynchronous invocation.
 *
 * @throws JobError InvalidPayload when it is no such event; nothing of it is quoted
 */
export function parseRunEvent(event: unknown): RunOutcome {
  const { timestamp, requestContext, requestPayload, responsePayload } = parse(
    v.object({ detail: invocationRecord }),
    event,
  ).detail;
  const { requestId, condition, approximateInvokeCount: attempts } = requestContext;
  const run = { requestId, endedAt: timestamp, attempts };
  if (condition !== 'Success') {
    const error = v.parse(errorReport, responsePayload);
    const command = commandOf(requestPayload);
    const runId = (command?.mode === 'cleanup' && command.next?.requestId) || requestId;
    return { kind: 'failure', ...run, mode: command?.mode, runId, condition, ...error };
  }
  const isCleanup = v.is(v.object({ mode: v.literal('cleanup') }), responsePayload);
  return isCleanup
    ? { kind: 'cleanup', ...run, ...parse(cleanupResult, responsePayload) }
    : { kind: 'other', requestId };
}

function parse<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, input, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const path = v.getDotPath(parsed.issues[0]) ?? 'the event itself';
  throw new JobError(
    'InvalidPayload',
    `The event must be the record of an asynchronous invocation of the function (see ${path}). Only the rule of the ` +
      'stack should send events here. No notice was sent.',
  );
}

/** The function's own reading of a payload; one that it refused was no command. */
function commandOf(payload: unknown): Payload | undefined {
  try {
    return parseEvent(payload);
  } catch {
    return undefined;
  }
}
