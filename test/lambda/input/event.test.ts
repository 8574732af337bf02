import { expect, test } from 'vitest';
import { parseEvent } from '../../../lambda/input/event.ts';
import { SCHEDULED_EVENT } from '../../support/aws/scheduled-event.ts';
import { failureOf } from '../../support/failure.ts';

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
])('a payload that is %s is a check, so that absence never destroys anything', (_, payload) => {
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

test.each([true, false])('the brake is let go of, or kept, with "force" %s', (force) => {
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
  expect(() => parseEvent(event)).toThrow(/is no key of the mode "check"/);
});

test('a scheduled event with a key of ours in it is refused, since the key would be passed over', () => {
  expect(() => parseEvent({ ...SCHEDULED_EVENT, tokenLimit: 5_000_000 })).toThrow(/is no key of the mode/);
  expect(() => parseEvent({ ...SCHEDULED_EVENT, mode: 'check' })).toThrow(/is no key of the mode "check"/);
});

test.each([
  ['an unknown mode', { mode: 'clean' }, '"mode" is the text "clean"; allowed are "check", "cleanup"'],
  ['a mode in capitals', { mode: 'CHECK' }, '"mode" is the text "CHECK"; allowed are'],
  ['no text as mode', { mode: 1 }, '"mode" is 1; allowed are'],
  ['null as mode', { mode: null }, '"mode" is null; allowed are'],
  ['an empty mode', { mode: '' }, '"mode" is the text ""; allowed are'],
  ['a list as mode', { mode: ['cleanup'] }, '"mode" is a list; allowed are'],
  [
    'a wrong key',
    { mode: 'cleanup', tokenlimit: 5 },
    '"tokenlimit" is no key of the mode "cleanup"; allowed are "mode"',
  ],
  ['a key too many', { limit: 5 }, '"limit" is no key of the mode "check"; allowed are "mode" and "tokenLimit".'],
  ['a text', 'check', 'The payload is the text "check"; allowed are {"mode":"check"}, {"mode":"cleanup"}'],
  ['a list', [{ mode: 'cleanup' }], 'The payload is a list; allowed are'],
  ['a number', 7, 'The payload is 7; allowed are'],
  ['a truth value', false, 'The payload is false; allowed are'],
])('%s is refused, with what was given and what is allowed', (_, payload, message) => {
  const failure = failureOf(() => parseEvent(payload));
  expect(failure).toMatchObject({ name: 'InvalidPayload', code: 'InvalidPayload' });
  expect(failure.message).toContain(message);
  expect(failure.message).toContain('Nothing was touched.');
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
  ['the text "1000000"', '1000000'],
  ['the text "NaN"', 'NaN'],
  ['the text ""', ''],
  ['true', true],
  ['a list', [1]],
  ['an object', {}],
])('the token limit %s is refused in every mode', (given, tokenLimit) => {
  for (const mode of [{}, { mode: 'check' }, { mode: 'cleanup' }]) {
    expect(() => parseEvent({ ...mode, tokenLimit })).toThrow(
      `"tokenLimit" is ${given}; allowed is a whole number from 1 to 9007199254740991`,
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

const RESTORE_KEYS = '"mode" and either "auditId" or "requestId"';
const AN_AUDIT_ID = 'allowed is the id of an audit row, a whole number from 1 on, without quotes.';
const A_REQUEST_ID = 'allowed is the request id of a cleanup, a text of 1 to 128 characters.';
const TRUE_OR_FALSE = 'allowed are true and false.';

test.each([
  ['a restore of nothing', {}, `The mode "restore" needs ${RESTORE_KEYS}.`],
  [
    'a restore with both ids',
    { auditId: 7, requestId: 'run-1' },
    `"requestId" is no key of the mode "restore"; allowed are ${RESTORE_KEYS}.`,
  ],
  [
    'a restore of a row with a token limit',
    { auditId: 7, tokenLimit: 5 },
    `"tokenLimit" is no key of the mode "restore"; allowed are ${RESTORE_KEYS}.`,
  ],
  [
    'a restore of a run with a token limit',
    { requestId: 'run-1', tokenLimit: 5 },
    `"tokenLimit" is no key of the mode "restore"; allowed are ${RESTORE_KEYS}.`,
  ],
  ['a text as audit id', { auditId: '7' }, `"auditId" is the text "7"; ${AN_AUDIT_ID}`],
  ['the audit id 0', { auditId: 0 }, `"auditId" is 0; ${AN_AUDIT_ID}`],
  ['the audit id -1', { auditId: -1 }, `"auditId" is -1; ${AN_AUDIT_ID}`],
  ['the audit id 1.5', { auditId: 1.5 }, `"auditId" is 1.5; ${AN_AUDIT_ID}`],
  ['an empty request id', { requestId: '' }, `"requestId" is the text ""; ${A_REQUEST_ID}`],
  ['a request id with a space', { requestId: 'run 1' }, `"requestId" is the text "run 1"; ${A_REQUEST_ID}`],
  ['a request id that is too long', { requestId: 'x'.repeat(129) }, A_REQUEST_ID],
  ['a number as request id', { requestId: 7 }, `"requestId" is 7; ${A_REQUEST_ID}`],
  ['a text as force', { mode: 'cleanup', force: 'yes' }, `"force" is the text "yes"; ${TRUE_OR_FALSE}`],
  ['a number as force', { mode: 'cleanup', force: 1 }, `"force" is 1; ${TRUE_OR_FALSE}`],
  [
    'a check with force',
    { mode: 'check', force: true },
    '"force" is no key of the mode "check"; allowed are "mode" and "tokenLimit".',
  ],
])('%s is refused, and the message names the key, what was given and what is allowed', (_, keys, message) => {
  const failure = failureOf(() => parseEvent({ mode: 'restore', ...keys }));
  expect(failure.code).toBe('InvalidPayload');
  expect(failure.message).toContain(message);
  expect(failure.message).toContain('Nothing was touched.');
});

test('a number that may be a phone number is not echoed', () => {
  for (const payload of [573001234567, { mode: 573001234567 }, { tokenLimit: -573001234567 }]) {
    expect(failureOf(() => parseEvent(payload)).message).not.toContain('573001234567');
  }
});
