import { expect, test } from 'vitest';
import { fromCheckout } from '../../../bin/local/program/from-checkout.ts';
import { installed } from '../../../bin/local/program/installed.ts';
import { loadDatabaseUrl, loadDemoSettings, loadTerminalSettings } from '../../../bin/local/settings.ts';
import { loadFunctionSettings } from '../../../lambda/input/settings.ts';
import { failureOf } from '../../support/failure.ts';

const LEAST = { DATABASE_SECRET_ID: 'prod/database-url' };

test('the secret is all that has to be set', () => {
  expect(loadFunctionSettings(LEAST)).toMatchObject({
    databaseSecretId: 'prod/database-url',
    databaseDefaults: { host: undefined, port: undefined, database: undefined },
    tokenLimit: 1_000_000,
    clientViewName: { schema: undefined, name: 'ClientView' },
    auditTableName: { schema: undefined, name: 'ThreadCleanupLog' },
  });
});

test('everything else can be set', () => {
  expect(
    loadFunctionSettings({
      DATABASE_SECRET_ID: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1a2b-AbCdEf',
      DATABASE_HOST: 'db.example.com',
      DATABASE_PORT: '5433',
      DATABASE_NAME: 'assistant',
      DATABASE_IAM_USER: 'thread_cleanup',
      TOKEN_LIMIT: '500000',
      TABLE_NAME: 'whatsapp.Clients',
      AUDIT_TABLE_NAME: '"my.schema"."Log"',
    }),
  ).toMatchObject({
    databaseSecretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1a2b-AbCdEf',
    databaseDefaults: { host: 'db.example.com', port: '5433', database: 'assistant', iamUser: 'thread_cleanup' },
    tokenLimit: 500_000,
    clientViewName: { schema: 'whatsapp', name: 'Clients' },
    auditTableName: { schema: 'my.schema', name: 'Log' },
  });
});

test('an empty variable is one that is not set', () => {
  const empty = { TOKEN_LIMIT: '', TABLE_NAME: '', AUDIT_TABLE_NAME: '', DATABASE_HOST: '', DATABASE_PORT: '' };
  expect(loadFunctionSettings({ ...LEAST, ...empty })).toEqual(loadFunctionSettings(LEAST));
});

test('a terminal needs nothing but DATABASE_URL to work on a database, and says so', () => {
  expect(loadTerminalSettings({})).toMatchObject({ tokenLimit: 1_000_000 });
  expect(loadDatabaseUrl(fromCheckout, { DATABASE_URL: 'postgres://u:p@h/d' })).toBe('postgres://u:p@h/d');
  expect(() => loadDatabaseUrl(fromCheckout, {})).toThrow(
    /^DATABASE_URL is not set\. Set it to the database to work on: export .* npm start shows a demonstration\./,
  );
  expect(() => loadDatabaseUrl(installed, {})).toThrow(/^DATABASE_URL is not set\. (?!.*npm).* Nothing was changed\.$/);
  // As after `export DATABASE_URL="$DATABASE_URL"` where there was none.
  expect(() => loadDatabaseUrl(fromCheckout, { DATABASE_URL: '' })).toThrow(/^DATABASE_URL is empty\. Set it/);
});

test('a demonstration takes nothing from the environment but language and time zone', () => {
  const own = { LANGUAGE: 'es', TIMEZONE: 'America/Bogota' };
  const others = {
    TOKEN_LIMIT: 'x',
    TABLE_NAME: '.',
    AUDIT_TABLE_NAME: '.',
    MAX_CLEARED_SHARE: '0',
    AUDIT_RETENTION_DAYS: 'x',
  };
  expect(loadDemoSettings({ ...own, ...others })).toEqual({
    ...loadDemoSettings({}),
    language: 'es',
    timezone: 'America/Bogota',
  });
});

test.each(['token-limit', 'force', 'export', 'dry-run', 'csv', 'request-id', 'cron', 'json'])(
  'an option that npm took for itself is refused, with where it must be: --%s',
  (option) => {
    const env = { [`npm_config_${option.replace('-', '_')}`]: 'true', npm_lifecycle_event: 'check' };
    const message = `npm took --${option} for itself. Put options after --: npm run check -- --${option} … Nothing was changed.`;
    expect(() => loadTerminalSettings(env)).toThrow(message);
    expect(() => loadDemoSettings(env)).toThrow(message);
  },
);

test.each(['0', '-1', '1.5', '1e6', 'many', ' 5', '1,00', '9007199254740992', '0x10'])(
  'the token limit %j is refused, with the variable, what it must be and what was given',
  (TOKEN_LIMIT) => {
    const failure = failureOf(() => loadFunctionSettings({ ...LEAST, TOKEN_LIMIT }));
    expect(failure.code).toBe('InvalidSettings');
    expect(failure.message).toMatch(
      /^TOKEN_LIMIT must be a positive whole number, such as 500000 \(got (".*"|a text of \d+ characters)\)\./,
    );
  },
);

test('audit rows are kept for ever, or for a number of days', () => {
  const daysOf = (AUDIT_RETENTION_DAYS: string) =>
    loadFunctionSettings({ ...LEAST, AUDIT_RETENTION_DAYS }).auditRetentionDays;
  expect(daysOf('')).toBeUndefined();
  expect(daysOf('1')).toBe(1);
  expect(daysOf('36500')).toBe(36_500);
});

test.each(['0', '-1', '1.5', '365 days', '36501', '99999', '100000'])(
  'audit rows kept for %j days are refused, with what it must be',
  (AUDIT_RETENTION_DAYS) => {
    const failure = failureOf(() => loadFunctionSettings({ ...LEAST, AUDIT_RETENTION_DAYS }));
    expect(failure.code).toBe('InvalidSettings');
    expect(failure.message).toMatch(
      /^AUDIT_RETENTION_DAYS must be a whole number of days from 1 to 36,500 \(got .*\)\./,
    );
  },
);

test.each(['Mars', '+05:00', '-0500', 'GMT+5'])(
  'the time zone %j is refused, as the CDK context refuses it',
  (TIMEZONE) => {
    const failure = failureOf(() => loadFunctionSettings({ ...LEAST, TIMEZONE }));
    expect(failure.code).toBe('InvalidSettings');
    expect(failure.message).toMatch(/^TIMEZONE must be an IANA time zone, such as America\/Bogota \(got .*\)\./);
  },
);

test.each(['TABLE_NAME', 'AUDIT_TABLE_NAME'])('%s must be a name', (variable) => {
  const failure = failureOf(() => loadFunctionSettings({ ...LEAST, [variable]: 'a.b.c' }));
  expect(failure.message).toMatch(new RegExp(`^${variable} must be a table or schema.table, .* \\(got "a.b.c"\\)`));
});

test('a secret that is not named is asked for', () => {
  const failure = failureOf(() => loadFunctionSettings({}));
  expect(failure.message).toMatch(
    /^DATABASE_SECRET_ID must be the name or ARN of a secret in Secrets Manager \(got nothing\)/,
  );
});

test.each(['postgres://admin:hunter2@db.example.com/prod', '{"password":"hunter2"}'])(
  'a value where the name of a secret should be is refused and not shown: %s',
  (value) => {
    const failure = failureOf(() => loadFunctionSettings({ DATABASE_SECRET_ID: value }));
    expect(failure.message).toMatch(
      /^DATABASE_SECRET_ID must be the name or ARN of a secret in Secrets Manager \(got a text of \d+ characters\)/,
    );
    expect(failure.message).not.toContain('hunter2');
  },
);
