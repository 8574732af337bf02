import { expect, test } from 'vitest';
import { parseEvent } from '../../../lambda/input/event.ts';
import { parseFleetEvent } from '../../../lambda/input/fleet-event.ts';
import { secretOf } from '../../../lambda/input/secret-of.ts';
import { loadFleetSettings, loadFunctionSettings } from '../../../lambda/input/settings.ts';
import { SCHEDULED_EVENT } from '../../support/aws/scheduled-event.ts';
import { failureOf } from '../../support/failure.ts';
import { fleetEnvironment } from '../../support/fleet/night.ts';
import { NEXT } from '../../support/fleet/scripted-engine.ts';

const ONE = { databaseSecretId: 'prod/url', databaseSecretPrefix: undefined };
const MANY = { databaseSecretId: undefined, databaseSecretPrefix: 'prod/tenants/' };

test.each([
  { mode: 'check' },
  { mode: 'cleanup', force: true },
  { mode: 'cleanup', next: NEXT },
  { mode: 'restore', requestId: 'run-1' },
  { mode: 'erase', phone: '1' },
])('every mode takes a secret beside its own keys: %j', (payload) => {
  const secret = 'prod/tenants/acme';
  expect(parseEvent({ ...payload, secret })).toEqual({ ...payload, secret });
  expect(secretOf(parseEvent({ ...payload, secret }), MANY)).toBe(secret);
});

test.each([7, '', null, 'a secret', 'postgres://u:p@h/d', 'x'.repeat(513)])('a secret is a name: %j', (secret) => {
  const { code, message } = failureOf(() => parseEvent({ mode: 'check', secret }));
  expect(code).toBe('InvalidPayload');
  expect(message).toMatch(
    /^"secret" must be the name of a secret in Secrets Manager \(got .*\)\. Nothing was changed\.$/,
  );
  expect(message).not.toContain('postgres://');
});

test('an event of EventBridge with a secret is somebody’s own making, and none of one', () => {
  expect(() => parseEvent({ ...SCHEDULED_EVENT, secret: 'prod/tenants/a' })).toThrow('Unknown key');
});

test('one database needs no secret, and takes none', () => {
  expect(secretOf({ mode: 'check' }, ONE)).toBe('prod/url');
  expect(() => secretOf({ mode: 'check', secret: 'prod/url' }, ONE)).toThrow(
    'Unknown key "secret": this deployment has one database (context key databaseSecret), so leave it out. Nothing was changed.',
  );
});

test('of many databases the one that is meant has to be said', () => {
  expect(() => secretOf({ mode: 'cleanup' }, MANY)).toThrow(
    '"secret" is required: this deployment has a database for each secret whose name begins with prod/tenants/. Give the one ' +
      'that is meant: {"mode":"cleanup","secret":"prod/tenants/NAME"} Nothing was changed.',
  );
});

test.each(['prod/other', 'prod/tenants/', 'Prod/tenants/a', 'x/prod/tenants/a', 'prod/tenants'])(
  'a secret of somebody else is refused by its name alone: %s',
  (secret) => {
    expect(() => secretOf({ mode: 'check', secret }, MANY)).toThrow(/^"secret" must begin with prod\/tenants\/ \(got /);
  },
);

test('the function’s environment has a secret or a prefix', () => {
  expect(loadFunctionSettings({ DATABASE_SECRET_PREFIX: 'prod/tenants/' })).toMatchObject(MANY);
  expect(loadFunctionSettings({ DATABASE_SECRET_ID: 'prod/url' })).toMatchObject(ONE);
  for (const prefix of ['prod/tenants', '/', 'arn:aws:x/']) {
    expect(() => loadFunctionSettings({ DATABASE_SECRET_PREFIX: prefix })).toThrow(
      /^DATABASE_SECRET_PREFIX must be what/,
    );
  }
});

test('the fleet’s environment has defaults for what may be left out', () => {
  expect(loadFleetSettings(fleetEnvironment('prod/tenants/'))).toMatchObject({
    databaseSecretPrefix: 'prod/tenants/',
    databaseConcurrency: 10,
    maxFailedShare: 10,
    language: 'en',
    timezone: 'UTC',
  });
});

test.each([
  ['DATABASE_CONCURRENCY', '0', 'a whole number of databases from 1 to 100'],
  ['MAX_FAILED_SHARE', '101', 'a percentage from 1 to 100, without the % sign'],
  ['CLEANUP_FUNCTION_ARN', '', 'the ARN of an alias of the cleanup function'],
  ['DASHBOARD_URL', '', 'the URL of a dashboard'],
])('%s=%j is refused', (variable, value, allowed) => {
  expect(() => loadFleetSettings({ ...fleetEnvironment('prod/tenants/'), [variable]: value })).toThrow(
    `${variable} must be ${allowed}`,
  );
});

test.each([
  [undefined, { mode: 'check', scheduled: false }],
  [{}, { mode: 'check', scheduled: false }],
  [{ mode: 'cleanup' }, { mode: 'cleanup', scheduled: false }],
  [
    { mode: 'cleanup', scheduled: true },
    { mode: 'cleanup', scheduled: true },
  ],
])('for all databases %j is %j', (event, command) => {
  expect(parseFleetEvent(event)).toEqual(command);
});

test.each([
  [{ mode: 'cleanup', force: true }, 'the key "force"'],
  [{ mode: 'check', tokenLimit: 500_000 }, 'the key "tokenLimit"'],
  [{ mode: 'restore' }, '"mode": "restore"'],
  ['cleanup', '"cleanup"'],
])('for all databases %j is refused, and what of it', (event, given) => {
  expect(() => parseFleetEvent(event)).toThrow(`or nothing for a check (got ${given}). `);
});

test.each([
  'cleanup',
  7,
  [[]],
  { mode: 'restore', requestId: 'r' },
  { mode: 'check', secret: 'prod/tenants/a' },
  { phone: '1' },
])('for all databases %j is refused, with what goes where', (event) => {
  expect(() => parseFleetEvent(event)).toThrow(
    /^For all databases the payload must be .* Whatever is about one database goes to the cleanup function, with "secret"\./,
  );
});
