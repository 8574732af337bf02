import { expect, test } from 'vitest';
import { parseEvent } from '../../../lambda/input/event.ts';
import { SCHEDULED_EVENT } from '../../support/aws/scheduled-event.ts';
import { failureOf } from '../../support/failure.ts';

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
])('a payload that is %s is a check, so that an incomplete call never clears anything', (_, payload) => {
  expect(parseEvent(payload)).toEqual({ mode: 'check' });
});

test('a token limit without a mode is a check with that limit', () => {
  expect(parseEvent({ tokenLimit: 5 })).toEqual({ mode: 'check', tokenLimit: 5 });
});

test.each(['check', 'cleanup'])('the mode "%s" is taken, with and without a token limit', (mode) => {
  expect(parseEvent({ mode })).toEqual({ mode });
  expect(parseEvent({ mode, tokenLimit: 1 })).toEqual({ mode, tokenLimit: 1 });
  expect(parseEvent({ mode, tokenLimit: Number.MAX_SAFE_INTEGER })).toEqual({
    mode,
    tokenLimit: Number.MAX_SAFE_INTEGER,
  });
});

test.each([true, false])('the safety limit is overridden, or kept, with "force" %s', (force) => {
  expect(parseEvent({ mode: 'cleanup', force })).toEqual({ mode: 'cleanup', force });
  expect(parseEvent({ mode: 'cleanup', tokenLimit: 5, force })).toEqual({ mode: 'cleanup', tokenLimit: 5, force });
});

test.each([
  { auditId: 1 },
  { auditId: Number.MAX_SAFE_INTEGER },
  { requestId: '2f0c1a34-5b6d-4e7f-8091-a2b3c4d5e6f7' },
  { requestId: 'x'.repeat(128) },
])('a restore names an audit row or a run: %o', (target) => {
  expect(parseEvent({ mode: 'restore', ...target })).toEqual({ mode: 'restore', ...target });
});

test('the event of an EventBridge schedule is a cleanup', () => {
  expect(parseEvent(SCHEDULED_EVENT)).toEqual({ mode: 'cleanup' });
  expect(parseEvent({ ...SCHEDULED_EVENT, source: 'aws.scheduler' })).toEqual({ mode: 'cleanup' });
});

test('another event of the bus is refused, since it asks for nothing', () => {
  const event = { ...SCHEDULED_EVENT, 'detail-type': 'Object Created', source: 'aws.s3' };
  expect(() => parseEvent(event)).toThrow(/^Unknown key "[a-z-]+" for mode "check"\. Keys: "mode", "tokenLimit"\./);
});

test('a scheduled event with a key of ours in it is refused, since the key would be passed over', () => {
  expect(() => parseEvent({ ...SCHEDULED_EVENT, tokenLimit: 5_000_000 })).toThrow(
    /^Unknown key "[a-z-]+" for mode "check"/,
  );
  expect(() => parseEvent({ ...SCHEDULED_EVENT, mode: 'check' })).toThrow(
    /^Unknown key "[a-z-]+" for mode "check"\. Keys: "mode", "tokenLimit"\./,
  );
});

test.each([
  ['an unknown mode', { mode: 'clean' }, '"mode" must be "check", "cleanup", "restore" or "erase" (got "clean").'],
  ['a mode in capitals', { mode: 'CHECK' }, '"mode" must be "check", "cleanup", "restore" or "erase" (got "CHECK").'],
  ['no text as mode', { mode: 1 }, '"mode" must be "check", "cleanup", "restore" or "erase" (got 1).'],
  ['null as mode', { mode: null }, '"mode" must be "check", "cleanup", "restore" or "erase" (got null).'],
  ['an empty mode', { mode: '' }, '"mode" must be "check", "cleanup", "restore" or "erase" (got "").'],
  ['a list as mode', { mode: ['cleanup'] }, '"mode" must be "check", "cleanup", "restore" or "erase" (got a list).'],
  [
    'a wrong key',
    { mode: 'cleanup', tokenlimit: 5 },
    'Unknown key "tokenlimit" for mode "cleanup". Keys: "mode", "tokenLimit", "force", "next".',
  ],
  ['a key too many', { limit: 5 }, 'Unknown key "limit" for mode "check". Keys: "mode", "tokenLimit".'],
  ['a text', 'check', 'or nothing for a check (got "check").'],
  [
    'a list',
    [{ mode: 'cleanup' }],
    'The payload must be {"mode":"check"} or {"mode":"cleanup"}, each with an optional "tokenLimit", ',
  ],
  ['a number', 7, 'or nothing for a check (got 7).'],
  ['a truth value', false, 'or nothing for a check (got false).'],
])('%s is refused, with what it must be and what was given', (_, payload, message) => {
  const failure = failureOf(() => parseEvent(payload));
  expect(failure).toMatchObject({ name: 'InvalidPayload', code: 'InvalidPayload' });
  expect(failure.message).toContain(message);
  expect(failure.message).toContain('Nothing was changed.');
});

test.each([
  ['0', 0],
  ['-1', -1],
  ['1.5', 1.5],
  ['9007199254740992', 2 ** 53],
  ['1e+300', 1e300],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['NaN', Number.NaN],
  ['null', null],
  ['"1000000"', '1000000'],
  ['"NaN"', 'NaN'],
  ['""', ''],
  ['true', true],
  ['a list', [1]],
  ['an object', {}],
])('the token limit %s is refused in every mode', (given, tokenLimit) => {
  for (const mode of [{}, { mode: 'check' }, { mode: 'cleanup' }]) {
    expect(() => parseEvent({ ...mode, tokenLimit })).toThrow(
      `"tokenLimit" must be a positive whole number, such as 500000, without quotes (got ${given}).`,
    );
  }
});

test.each([
  'postgres://admin:hunter2@db.example.com/prod',
  '573001234567',
  '+57 300 123 4567',
  'conv_AbCdEfGhIjKlMnOpQrStUvWx',
  'a long text that somebody wrote to somebody',
  'line\nbreak',
])('the text %j is echoed from nowhere, whatever it is', (secret) => {
  for (const payload of [
    secret,
    { mode: secret },
    { tokenLimit: secret },
    { [secret]: 1 },
    { mode: 'check', [secret]: 1 },
  ]) {
    expect(failureOf(() => parseEvent(payload)).message).not.toContain(secret);
  }
});

const RESTORE_KEYS = '"mode" and one of "auditId", "requestId" or "phone"';
const AN_AUDIT_ID = '"auditId" must be the id of an audit row, a positive whole number without quotes';
const A_REQUEST_ID = '"requestId" must be the request id of a cleanup: 1 to 128 letters, digits, "-" or "_"';
const TRUE_OR_FALSE = '"force" must be true or false, without quotes';

test.each([
  ['a restore of nothing', {}, `Mode "restore" needs ${RESTORE_KEYS}.`],
  [
    'a restore with both ids',
    { auditId: 7, requestId: 'run-1' },
    `Unknown key "requestId" for mode "restore". Keys: ${RESTORE_KEYS}.`,
  ],
  [
    'a restore of a row with a token limit',
    { auditId: 7, tokenLimit: 5 },
    `Unknown key "tokenLimit" for mode "restore". Keys: ${RESTORE_KEYS}.`,
  ],
  [
    'a restore of a run with a token limit',
    { requestId: 'run-1', tokenLimit: 5 },
    `Unknown key "tokenLimit" for mode "restore". Keys: ${RESTORE_KEYS}.`,
  ],
  ['a text as audit id', { auditId: '7' }, `${AN_AUDIT_ID} (got "7").`],
  ['the audit id 0', { auditId: 0 }, `${AN_AUDIT_ID} (got 0).`],
  ['the audit id -1', { auditId: -1 }, `${AN_AUDIT_ID} (got -1).`],
  ['the audit id 1.5', { auditId: 1.5 }, `${AN_AUDIT_ID} (got 1.5).`],
  ['an empty request id', { requestId: '' }, `${A_REQUEST_ID} (got "").`],
  ['a request id with a space', { requestId: 'run 1' }, `${A_REQUEST_ID} (got "run 1").`],
  ['a request id that is too long', { requestId: 'x'.repeat(129) }, `${A_REQUEST_ID} (got a text of 129 characters).`],
  ['a number as request id', { requestId: 7 }, `${A_REQUEST_ID} (got 7).`],
  ['a text as force', { mode: 'cleanup', force: 'yes' }, `${TRUE_OR_FALSE} (got "yes").`],
  ['a number as force', { mode: 'cleanup', force: 1 }, `${TRUE_OR_FALSE} (got 1).`],
  [
    'a check with force',
    { mode: 'check', force: true },
    'Unknown key "force" for mode "check". Keys: "mode", "tokenLimit".',
  ],
])('%s is refused, and the message names the key, what it must be and what was given', (_, keys, message) => {
  const failure = failureOf(() => parseEvent({ mode: 'restore', ...keys }));
  expect(failure.code).toBe('InvalidPayload');
  expect(failure.message).toContain(message);
  expect(failure.message).toContain('Nothing was changed.');
});

test('a number that may be a phone number is not echoed', () => {
  for (const payload of [573001234567, { mode: 573001234567 }, { tokenLimit: -573001234567 }]) {
    expect(failureOf(() => parseEvent(payload)).message).not.toContain('573001234567');
  }
});

const PHONES = [
  '+57 300 123 4567',
  '573001234567',
  '🧑‍👩‍👧 (casa)',
  "'; drop table x; --",
  '\u202e',
  'x'.repeat(10_000),
];
test.each(['restore', 'erase'] as const)('a phone is taken as it is written, to %s', (mode) => {
  for (const phone of PHONES) expect(parseEvent({ mode, phone })).toEqual({ mode, phone });
});

const A_PHONE = '"phone" must be the contact\'s phone number as a text, exactly as the contacts\' table has it';
test.each([
  [573001234567, 'a number'],
  [3001234, 'a number'],
  ['', '""'],
  ['573001234567\0', 'one that PostgreSQL cannot hold'],
  ['573001234567\ud800', 'one that PostgreSQL cannot hold'],
  [null, 'null'],
  [['573001234567'], 'a list'],
])('the phone %j is refused by both, and not echoed', (phone, given) => {
  for (const mode of ['restore', 'erase']) {
    const { code, message } = failureOf(() => parseEvent({ mode, phone }));
    expect({ code, message }).toEqual({
      code: 'InvalidPayload',
      message: `${A_PHONE} (got ${given}). Nothing was changed.`,
    });
  }
});

test('nobody is erased by accident: without a phone, with a key too many, or in the event of a schedule', () => {
  expect(() => parseEvent({ mode: 'erase' })).toThrow('Mode "erase" needs "mode" and "phone".');
  expect(() => parseEvent({ mode: 'erase', phone: '1', force: true })).toThrow('Unknown key "force" for mode "erase".');
  expect(() => parseEvent({ phone: '1' })).toThrow('Unknown key "phone" for mode "check".');
  expect(() => parseEvent({ mode: 'restore', phone: '1', auditId: 7 })).toThrow('Unknown key "phone"');
  expect(() => parseEvent({ 'detail-type': 'Scheduled Event', phone: '1' })).toThrow('Unknown key');
});
