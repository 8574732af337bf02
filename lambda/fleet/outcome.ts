import * as v from 'valibot';
import { parseEvent } from '../input/event.ts';
import type { Continuation } from '../model/continuation.ts';
import type { DatabaseCheck, DatabaseCleanup, FailedDatabase } from '../model/fleet-results.ts';
import { readNamedMessage } from '../model/job-error.ts';
import { readNamedSecret } from '../model/named-secret.ts';
import { inOneLine } from '../model/quote-safely.ts';

/** What came of one invocation for a database. */
export type Outcome =
  | { readonly kind: 'checked'; readonly check: DatabaseCheck }
  | { readonly kind: 'cleaned'; readonly cleanup: Cleaned }
  | Failure
  /** Its secret is not there, or has no value, though it was listed: it was deleted meanwhile, unless it still is listed. */
  | { readonly kind: 'removed'; readonly message: string };

/** A cleanup, with what continues it. */
export interface Cleaned extends Omit<DatabaseCleanup, 'next'> {
  readonly next?: Continuation;
}

export interface Failure extends Omit<FailedDatabase, 'secret'> {
  readonly kind: 'failed';
  /** Whether another attempt may well succeed. */
  readonly mayPass: boolean;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const band = v.object({ threads: count, tokens: count });
const figures = {
  totalContacts: count,
  activeThreads: count,
  nearLimitThreads: count,
  overLimitThreads: count,
  activeCount: count,
  totalTokens: count,
  maxTokens: count,
  averageTokens: count,
  bands: v.object({ normal: band, caution: band, warning: band, critical: band }),
};
const forecast = v.variant('next', [
  v.object({ next: v.literal('clears'), threads: count }),
  v.object({ next: v.literal('refused'), threads: count, share: v.number(), allowed: v.number() }),
  v.object({ next: v.literal('paused') }),
  v.object({ next: v.literal('nothing') }),
]);
const result = v.variant('mode', [
  v.object({ mode: v.literal('check'), tokenLimit: count, forecast, ...figures }),
  v.object({
    mode: v.literal('cleanup'),
    tokenLimit: count,
    requestId: v.string(),
    cleanedCount: count,
    totalTokensCleared: count,
    nearLimitCount: count,
    remainingCount: count,
    activeCount: count,
    complete: v.boolean(),
    durationMs: count,
    next: v.exactOptional(v.unknown()),
    paused: v.exactOptional(v.literal(true)),
    figures: v.exactOptional(v.object(figures)),
  }),
]);

/** Reads what the cleanup function returned. One that returns anything else is not of this version. */
export function readResult(payload: unknown): Outcome {
  const parsed = v.safeParse(result, payload);
  if (!parsed.success) return unknownFailure(false);
  if (parsed.output.mode === 'check') return { kind: 'checked', check: parsed.output };
  const { next: handedOut, ...cleanup } = parsed.output;
  const next = handedOut === undefined ? undefined : readContinuation(handedOut);
  return { kind: 'cleaned', cleanup: next === undefined ? cleanup : { ...cleanup, next } };
}

/** Undefined for one that the function would not take back: the next run then begins anew. */
function readContinuation(payload: unknown): Continuation | undefined {
  try {
    const command = parseEvent(payload);
    return command.mode === 'cleanup' ? command.next : undefined;
  } catch {
    return undefined;
  }
}

/** So much of a message is kept: ours are shorter. */
const MAX_MESSAGE_CHARACTERS = 1_000;

/**
 * Reads the message of a failed invocation, which is all that there is of its error. Messages of ours begin with their name
 * and contain no personal data; what Lambda says of a function that it stopped is told by its words; nothing else is quoted.
 */
export function readFailure(text: string): Outcome {
  const named = readNamedMessage(text);
  if (named === undefined) return lambdaFailure(text);
  const message = inOneLine(named.message).slice(0, MAX_MESSAGE_CHARACTERS);
  if (named.code === 'SecretUnavailable' && readNamedSecret(named.message)?.missing)
    return { kind: 'removed', message };
  return { kind: 'failed', error: named.code, message, mayPass: named.mayPass };
}

function lambdaFailure(text: string): Failure {
  if (/timed out/i.test(text)) return { kind: 'failed', error: 'TimedOut', message: '', mayPass: false };
  if (/exited|signal: killed|OutOfMemory/i.test(text)) {
    return { kind: 'failed', error: 'Exited', message: '', mayPass: false };
  }
  // Lambda's own, such as a function that is throttled.
  return unknownFailure(true);
}

const unknownFailure = (mayPass: boolean): Failure => ({
  kind: 'failed',
  error: 'UnexpectedError',
  message: '',
  mayPass,
});
