import * as v from 'valibot';
import { JobError } from './errors.ts';
import { given } from './given.ts';
import { tokenLimitNumber } from './token-limit.ts';

/** What an invocation asks for. `tokenLimit` is in tokens; absent means the configured one. */
export type Command =
  | { readonly mode: 'cleanup'; readonly tokenLimit?: number }
  | { readonly mode: 'check'; readonly tokenLimit?: number };

const PAYLOADS = '{"mode":"check"}, {"mode":"cleanup"}, each with an optional "tokenLimit", or no payload for a check';

const unknownKey = (mode: string, keys: string) => (issue: v.StrictObjectIssue) => {
  const key = issue.path?.[0]?.key;
  const name = typeof key === 'string' ? given(key).replace(/^the text /, '') : 'a key';
  return `${name} is no key of the mode "${mode}"; allowed are ${keys}.`;
};

const check = v.strictObject(
  { mode: v.literal('check'), tokenLimit: v.exactOptional(tokenLimitNumber) },
  unknownKey('check', '"mode" and "tokenLimit"'),
);
const cleanup = v.strictObject(
  { mode: v.literal('cleanup'), tokenLimit: v.exactOptional(tokenLimitNumber) },
  unknownKey('cleanup', '"mode" and "tokenLimit"'),
);
const command = v.variant(
  'mode',
  [check, cleanup],
  (issue) => `"mode" is ${given(issue.input)}; allowed are "check" and "cleanup".`,
);

/**
 * Reads a payload once, so that nobody has to check it again.
 *
 * A payload without a mode is a check: absence never destroys anything. An EventBridge event is a cleanup.
 *
 * @throws JobError InvalidPayload, naming the key, what was given and what is allowed
 */
export function parseEvent(event: unknown): Command {
  const payload = event ?? {};
  if (typeof payload !== 'object' || Array.isArray(payload)) {
    throw new JobError(
      'InvalidPayload',
      `The payload is ${given(event)}; allowed are ${PAYLOADS}. Nothing was touched.`,
    );
  }
  if (isScheduledEvent(payload)) return { mode: 'cleanup' };
  const parsed = v.safeParse(command, 'mode' in payload ? payload : { ...payload, mode: 'check' }, {
    abortEarly: true,
  });
  if (parsed.success) return parsed.output;
  throw new JobError('InvalidPayload', `${parsed.issues[0].message} Nothing was touched.`);
}

/** What EventBridge sends when a rule or a schedule has no input of its own (AWS: "Scheduled Event" events). */
function isScheduledEvent(payload: object): boolean {
  return 'detail-type' in payload && payload['detail-type'] === 'Scheduled Event' && !('mode' in payload);
}
