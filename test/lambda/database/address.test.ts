import { expect, test } from 'vitest';
import { type DatabaseAddress, parseDatabaseAddress } from '../../../lambda/database/address.ts';
import type { DatabaseDefaults } from '../../../lambda/input/settings.ts';
import { failureOf } from '../../support/failure.ts';

const parse = (value: string, defaults?: DatabaseDefaults) =>
  parseDatabaseAddress(value, 'the secret "prod/db"', defaults);

const URL_TEXT = 'postgres://admin:pw@db.example.com:5433/assistant';
const ADDRESS: DatabaseAddress = {
  host: 'db.example.com',
  port: 5433,
  user: 'admin',
  password: 'pw',
  database: 'assistant',
  schema: undefined,
  tls: { demand: 'trusted-for-host' },
  source: 'the secret "prod/db"',
};

test.each([URL_TEXT, URL_TEXT.replace('postgres:', 'postgresql:'), `\n ${URL_TEXT} \n`])(
  'a secret may be the URL as plain text: %j',
  (text) => {
    expect(parse(text)).toEqual(ADDRESS);
  },
);

test.each(['url', 'DATABASE_URL', 'databaseUrl', 'connectionString'])(
  'a secret may be JSON with the URL under "%s", whatever else is in it',
  (key) => {
    expect(parse(JSON.stringify({ [key]: URL_TEXT }))).toEqual(ADDRESS);
    expect(parse(JSON.stringify({ engine: 'postgres', [key]: ` ${URL_TEXT}\n`, other: 1 }, null, 2))).toEqual(ADDRESS);
  },
);

test('a secret may be JSON as RDS writes it', () => {
  const rds = {
    engine: 'postgres',
    host: 'db.example.com',
    port: 5433,
    username: 'admin',
    password: 'pw',
    dbname: 'assistant',
  };
  expect(parse(JSON.stringify(rds))).toEqual(ADDRESS);
  expect(parse(JSON.stringify({ ...rds, port: '5433' }))).toEqual(ADDRESS);
});

test('a secret may be JSON with the URL of something else in it, beside what is meant', () => {
  const rds = { host: 'db.example.com', port: 5433, username: 'admin', password: 'pw', dbname: 'assistant' };
  expect(parse(JSON.stringify({ url: 'https://assistant.example.com', ...rds }))).toEqual(ADDRESS);
  expect(parse(JSON.stringify({ url: 'jdbc:postgresql://other/x', DATABASE_URL: URL_TEXT }))).toEqual(ADDRESS);
});

test('in JSON as RDS writes it null is nothing, and a host may have spaces or brackets around it', () => {
  const rds = { host: null, port: null, username: 'admin', password: 'pw', dbname: null, sslmode: null };
  expect(parse(JSON.stringify(rds), { host: 'db.example.com', port: '5433', database: 'assistant' })).toEqual(ADDRESS);
  expect(parse(JSON.stringify({ ...rds, host: ' [::1] ', dbname: 'd' })).host).toBe('::1');
});

test.each(['#/?@%:&=+ \\"\'', '%41', 'p@ss:w/o#r?d%', 'contraseña 🌸', '\u0001\n', ''])(
  'in JSON as RDS writes it the password may contain any character: %j',
  (password) => {
    const rds = { host: 'db.example.com', username: 'user@corp', password, dbname: 'a/b' };
    expect(parse(JSON.stringify(rds))).toMatchObject({ user: 'user@corp', password, database: 'a/b', port: 5432 });
  },
);

test('a secret that RDS manages has user and password only; the rest comes from the settings', () => {
  const managed = JSON.stringify({ username: 'admin', password: 'pw' });
  const defaults = { host: 'db.example.com', port: '5433', database: 'assistant' };
  expect(parse(managed, defaults)).toEqual(ADDRESS);
  expect(parse(managed, { ...defaults, port: undefined }).port).toBe(5432);
});

test('what a secret says goes before the settings', () => {
  const rds = { host: 'db.example.com', port: 5433, username: 'admin', password: 'pw', dbname: 'assistant' };
  expect(parse(JSON.stringify(rds), { host: 'other', port: '1', database: 'other' })).toEqual(ADDRESS);
  expect(parse(URL_TEXT, { host: 'other', port: '1', database: 'other' })).toEqual(ADDRESS);
});

test.each([
  [{}, /lacks a host: set DATABASE_HOST \(context key databaseHost\) and a database name: set DATABASE_NAME/],
  [{ host: 'h' }, /lacks a database name: set DATABASE_NAME \(context key databaseName\)\./],
  [{ database: 'd' }, /lacks a host: set DATABASE_HOST \(context key databaseHost\)\./],
  [{ host: 'h', database: 'd', port: '70000' }, /must lead to a port from 1 to 65535 .*DATABASE_PORT/],
  [{ host: 'h', database: 'd', port: 'x' }, /DATABASE_PORT/],
])('a setting that such a secret needs is asked for by name: %j', (defaults, message) => {
  expect(() => parse(JSON.stringify({ username: 'u', password: 'p' }), defaults)).toThrow(message);
});

test("the parameters of Prisma's URLs are understood or dropped", () => {
  const url = `${URL_TEXT}?schema=whatsapp&pgbouncer=true&connection_limit=1&pool_timeout=0&statement_cache_size=0&sslaccept=accept_invalid_certs`;
  expect(parse(url)).toEqual({ ...ADDRESS, schema: 'whatsapp', tls: { demand: 'encrypted' } });
  expect(parse(`${URL_TEXT}?schema=`)).toEqual(ADDRESS);
  expect(parse(`${URL_TEXT}?sslmode=require&sslaccept=strict`)).toEqual(ADDRESS);
});

test.each([
  ['p%40ss%3Aw%2Fo%23r%3Fd%25', 'p@ss:w/o#r?d%'],
  ['p@ss', 'p@ss'],
  ['p:ss', 'p:ss'],
  ['%C3%B1%F0%9F%8C%B8', 'ñ🌸'],
  ['a&b=c+d', 'a&b=c+d'],
  ['a[b]c', 'a[b]c'],
  ['', ''],
])('in a URL the password may be written %j', (written, password) => {
  expect(parse(`postgres://admin:${written}@db.example.com:5433/assistant`)).toEqual({ ...ADDRESS, password });
});

test('user and database may be percent-encoded, and the password left out', () => {
  expect(parse('postgres://user%40corp@db.example.com/my%2Fdb')).toMatchObject({
    user: 'user@corp',
    password: '',
    database: 'my/db',
    port: 5432,
  });
});

test('the host may be an IPv6 address', () => {
  expect(parse('postgres://admin:pw@[2001:db8::1]:5433/assistant')).toEqual({ ...ADDRESS, host: '2001:db8::1' });
});

test.each([
  ['localhost', '', { demand: 'none' }],
  ['127.0.0.1', '', { demand: 'none' }],
  ['127.8.8.8', '', { demand: 'none' }],
  ['[::1]', '', { demand: 'none' }],
  ['127.0.0.1.example.com', '', { demand: 'trusted-for-host' }],
  ['10.0.0.5', '', { demand: 'trusted-for-host' }],
  ['localhost', '?sslmode=require', { demand: 'encrypted' }],
  ['localhost', '?sslrootcert=/ca.pem', { demand: 'trusted-for-host', rootCertificateFile: '/ca.pem' }],
  ['db', '?sslmode=disable', { demand: 'none' }],
  ['db', '?sslmode=disable&sslrootcert=/ca.pem', { demand: 'none' }],
  ['127.0.0.1', '?sslrootcert=system', { demand: 'trusted-for-host' }],
  ['db', '?sslmode=verify-full&sslrootcert=system', { demand: 'trusted-for-host' }],
  ['db', '?sslmode=allow', { demand: 'if-offered' }],
  ['db', '?sslmode=prefer', { demand: 'if-offered' }],
  ['db', '?sslmode=require', { demand: 'encrypted' }],
  ['db', '?sslmode=require&sslrootcert=/ca.pem', { demand: 'trusted', rootCertificateFile: '/ca.pem' }],
  ['db', '?sslmode=verify-ca', { demand: 'trusted' }],
  ['db', '?sslmode=verify-full', { demand: 'trusted-for-host' }],
  ['db', '?sslrootcert=system', { demand: 'trusted-for-host' }],
])('TLS for %s%s is as libpq means it, and verified when nobody says', (host, parameters, tls) => {
  expect(parse(`postgres://u:p@${host}/d${parameters}`).tls).toEqual(tls);
});

const IAM_ADDRESS: DatabaseAddress = { ...ADDRESS, user: 'cleaner', password: '' };
test.each([
  'postgres://cleaner@db.example.com:5433/assistant',
  'postgres://db.example.com:5433/assistant',
  'postgres://cleaner:not-used@db.example.com:5433/assistant',
  '{"host":"db.example.com","port":5433,"dbname":"assistant"}',
  '{"host":"db.example.com","port":5433,"dbname":"assistant","username":"cleaner"}',
])('with IAM a secret needs no user and no password: %s', (value) => {
  expect(parse(value, { iamUser: 'cleaner' })).toEqual(IAM_ADDRESS);
});

test.each([
  [
    'postgres://admin@db.example.com/assistant',
    /^The secret "prod\/db" names another user than "cleaner", .*leave it out/,
  ],
  ['{"host":"h","dbname":"d","username":"admin","password":"pw"}', /names another user than "cleaner"/],
  [
    'postgres://cleaner@db.example.com/d?sslmode=disable',
    /without TLS, which a login with a token .* sslmode=verify-full/,
  ],
  ['postgres://cleaner@db.example.com/d?sslmode=prefer', /without TLS/],
  ['postgres://cleaner@127.0.0.1/d', /without TLS/],
])('with IAM another user, or a connection without TLS, is refused: %s', (value, message) => {
  const failure = failureOf(() => parse(value, { iamUser: 'cleaner' }));
  expect(failure.code).toBe('InvalidSecret');
  expect(failure.message).toMatch(message);
  expect(failure.message).not.toContain('admin');
});

test.each(['postgres://db.example.com/assistant', '{"host":"db.example.com","dbname":"assistant"}'])(
  'without IAM a user is needed: %s',
  (value) => {
    expect(failureOf(() => parse(value)).code).toBe('InvalidSecret');
  },
);
