import * as v from 'valibot';
import { JobError } from '../model/job-error.ts';
import type { Payload } from '../model/payloads.ts';
import { nameSafely, quoteSafely } from '../model/quote-safely.ts';
import { TOKEN_LIMIT_SOURCES } from '../model/token-limit-source.ts';
import {
  ALLOWED_PHONE,
  ALLOWED_REQUEST_ID,
  ALLOWED_SECRET_NAME,
  ALLOWED_TOKEN_LIMIT,
  isPhone,
  REQUEST_ID,
  SECRET_NAME,
} from './values.ts';

const PAYLOADS =
  '{"mode":"check"} or {"mode":"cleanup"}, each with an optional "tokenLimit", {"mode":"restore"} with "auditId", ' +
  '"requestId" or "phone", {"mode":"erase"} with "phone", or nothing for a check';

const unknownKey = (mode: string, keys: string) => (issue: v.StrictObjectIssue) => {
  if (issue.input === undefined || issue.expected !== 'never') return `Mode "${mode}" needs ${keys}.`;
  return `Unknown key ${nameSafely(String(issue.path?.[0]?.key))} for mode "${mode}". Keys: ${keys}.`;
};

/** Completes `must be …` with what was given. */
const mustBe = (key: string, allowed: string) => (issue: { input: unknown }) =>
  `"${key}" must be ${allowed} (got ${quoteSafely(issue.input)}).`;

/** A token limit as JSON has it: a number. */
const tokenLimitMessage = mustBe('tokenLimit', `${ALLOWED_TOKEN_LIMIT}, without quotes`);
const tokenLimitNumber = v.pipe(
  v.number(tokenLimitMessage),
  v.safeInteger(tokenLimitMessage),
  v.minValue(1, tokenLimitMessage),
);

const check = v.strictObject(
  { mode: v.literal('check'), tokenLimit: v.exactOptional(tokenLimitNumber) },
  unknownKey('check', '"mode", "tokenLimit"'),
);
const cleanup = v.strictObject(
  {
    mode: v.literal('cleanup'),
    tokenLimit: v.exactOptional(tokenLimitNumber),
    force: v.exactOptional(v.boolean(mustBe('force', 'true or false, without quotes'))),
  },
  unknownKey('cleanup', '"mode", "tokenLimit", "force", "next"'),
);
const nextMessage = () =>
  '"next" must be what an incomplete result handed out, unchanged. To begin anew, leave it out: {"mode":"cleanup"}.';
const count = v.pipe(v.number(nextMessage), v.safeInteger(nextMessage), v.minValue(0, nextMessage));
const continuation = v.strictObject(
  {
    page: count,
    end: count,
    file: count,
    requestId: v.pipe(v.string(nextMessage), v.regex(REQUEST_ID, nextMessage)),
    tokenLimit: v.pipe(count, v.minValue(1, nextMessage)),
    tokenLimitFrom: v.picklist(TOKEN_LIMIT_SOURCES, nextMessage),
    firstAuditId: count,
    unreached: count,
    activeCount: count,
    nearLimitCount: count,
    startedAt: v.pipe(v.string(nextMessage), v.isoTimestamp(nextMessage)),
  },
  nextMessage,
);
const cleanupContinued = v.strictObject(
  { mode: v.literal('cleanup'), next: continuation },
  unknownKey('cleanup" with "next', '"mode", "next"'),
);
const RESTORE_KEYS = '"mode" and one of "auditId", "requestId" or "phone"';
const auditIdMessage = mustBe('auditId', 'the id of an audit row, a positive whole number without quotes');
const requestIdMessage = mustBe('requestId', ALLOWED_REQUEST_ID);
const restoreRow = v.strictObject(
  {
    mode: v.literal('restore'),
    auditId: v.pipe(v.number(auditIdMessage), v.safeInteger(auditIdMessage), v.minValue(1, auditIdMessage)),
  },
  unknownKey('restore', RESTORE_KEYS),
);
const restoreRun = v.strictObject(
  {
    mode: v.literal('restore'),
    requestId: v.pipe(v.string(requestIdMessage), v.regex(REQUEST_ID, requestIdMessage)),
  },
  unknownKey('restore', RESTORE_KEYS),
);
/** What was given may be somebody's phone number, whatever it looks like. */
const phoneMessage = ({ input }: { input: unknown }) => {
  const isText = typeof input === 'string' && input !== '';
  const got = isText ? 'one that PostgreSQL cannot hold' : typeof input === 'number' ? 'a number' : quoteSafely(input);
  return `"phone" must be ${ALLOWED_PHONE} (got ${got}).`;
};
const phone = v.pipe(v.string(phoneMessage), v.check(isPhone, phoneMessage));
const restorePhone = v.strictObject({ mode: v.literal('restore'), phone }, unknownKey('restore', RESTORE_KEYS));
const erase = v.strictObject({ mode: v.literal('erase'), phone }, unknownKey('erase', '"mode" and "phone"'));
const command = v.variant('mode', [check, cleanup, erase], mustBe('mode', '"check", "cleanup", "restore" or "erase"'));

/**
 * Reads a payload once, so that nobody has to check it again.
 *
 * A payload without a mode is a check: an incomplete call never clears anything. An EventBridge event is a cleanup.
 *
 * @throws JobError InvalidPayload, naming the key, what it must be and what was given
 */
export function parseEvent(event: unknown): Payload {
  const payload = event ?? {};
  if (typeof payload !== 'object' || Array.isArray(payload)) {
    throw new JobError(
      'InvalidPayload',
      `The payload must be ${PAYLOADS} (got ${quoteSafely(event)}). Nothing was changed.`,
    );
  }
  if (isScheduledEvent(payload)) return { mode: 'cleanup' };
  if (!('secret' in payload)) return parseRequest(payload);
  const { secret, ...request } = payload;
  return { ...parseRequest(request), secret: parseSecret(secret) };
}

function parseRequest(payload: object): Payload {
  const parsed = v.safeParse(schemaFor(payload), 'mode' in payload ? payload : { ...payload, mode: 'check' }, {
    abortEarly: true,
  });
  if (parsed.success) return parsed.output;
  throw new JobError('InvalidPayload', `${parsed.issues[0].message} Nothing was changed.`);
}

function parseSecret(secret: unknown): string {
  if (typeof secret === 'string' && SECRET_NAME.test(secret)) return secret;
  const given = quoteSafely(secret);
  throw new JobError('InvalidPayload', `"secret" must be ${ALLOWED_SECRET_NAME} (got ${given}). Nothing was changed.`);
}

/**
 * Whether a payload names a database. Who invokes for one of several, the fleet, learns nothing of an error but its message,
 * so the error's name then begins that.
 */
export function namesSecret(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'secret' in event;
}

function schemaFor(payload: object) {
  if (!('mode' in payload)) return command;
  if (payload.mode === 'cleanup' && 'next' in payload) return cleanupContinued;
  if (payload.mode !== 'restore') return command;
  if ('auditId' in payload) return restoreRow;
  if ('requestId' in payload) return restoreRun;
  return 'phone' in payload ? restorePhone : restoreRow;
}

/**
 * What EventBridge sends when a rule or a schedule has no input of its own (AWS: "Scheduled Event" events). With a key of
 * ours in it, it is somebody's own making, and that key must not be passed over.
 */
function isScheduledEvent(payload: object): boolean {
  const isScheduled = 'detail-type' in payload && payload['detail-type'] === 'Scheduled Event';
  const ours = [cleanup, cleanupContinued, restoreRow, restoreRun, restorePhone].flatMap((schema) =>
    Object.keys(schema.entries),
  );
  return isScheduled && ![...ours, 'secret'].some((key) => key in payload);
}
