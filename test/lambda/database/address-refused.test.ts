import { expect, test } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { everythingIn, failureOf } from '../../support/failure.ts';

const SOURCE = 'the secret "prod/db"';
/** Texts that occur nowhere else, so that any four characters of them in a message come from the value. */
const [USER, PASSWORD, HOST, NAME] = ['qzXu7Vw', 'wvJ4kPq9Zt', 'hq0XqW.zqv', 'nKq2ZbX'];
const CANARIES = [USER, PASSWORD, HOST, NAME].flatMap((text) =>
  Array.from({ length: text.length - 3 }, (_, start) => text.slice(start, start + 4)),
);
const url = ({ user = USER, password = PASSWORD, rest = `${HOST}:5432/${NAME}` } = {}) =>
  `postgres://${user}:${password}@${rest}`;

const FORMS = [
  'the URL as plain text (postgres://USER:PASSWORD@HOST:PORT/DATABASE)',
  'JSON with the URL under "url", "DATABASE_URL", "databaseUrl" or "connectionString"',
  'or JSON as RDS writes it, with "host", "port", "username", "password" and "dbname"',
];

const broken: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /must be a postgres:\/\/ or postgresql:\/\/ URL/],
  ['no URL', PASSWORD, /must be a postgres:\/\/ or postgresql:\/\/ URL/],
  ['a URL of another kind', url().replace('postgres', 'mysql'), /must be a postgres:\/\//],
  ['a line of an .env file', `DATABASE_URL="${url()}"`, /must be a postgres:\/\//],
  ['a URL with a space', url({ password: `${PASSWORD} x` }), /contains a space or a line break; write a space as %20/],
  ['a raw "/" in the password', url({ password: `wvJ4/${PASSWORD}` }), /write "\/" as %2F/],
  ['a raw "/" after digits in the password', url({ password: `12/${PASSWORD}` }), /write "\/" as %2F/],
  ['a raw "?" in the password', url({ password: `wvJ4?${PASSWORD}` }), /"\?" as %3F/],
  ['a raw "?" after digits in the password', url({ password: `12?${PASSWORD}` }), /"\?" as %3F/],
  ['a raw "#" in the password', url({ password: `wvJ4#${PASSWORD}` }), /"#" as %23/],
  ['a raw "#" after digits in the password', url({ password: `12#${PASSWORD}` }), /"#" as %23/],
  ['a raw "%" in the password', url({ password: `${PASSWORD}%zz` }), /write "%" itself as %25/],
  ['a raw "@" and "/" in the password', url({ password: `12@a/${PASSWORD}` }), /"@" as %40/],
  ['a raw "%" in the database name', url({ rest: `${HOST}/${NAME}%` }), /write "%" itself as %25/],
  ['no user', `postgres://${HOST}/${NAME}`, /without a user, a host or a database name/],
  ['no host', url({ rest: `/${NAME}` }), /(without a user, a host or a database name|cannot be parsed as a URL)/],
  ['no database', url({ rest: HOST }), /without a user, a host or a database name/],
  ['a port out of range', url({ rest: `${HOST}:99999/${NAME}` }), /(cannot be parsed as a URL|port)/],
  ['the port 0', url({ rest: `${HOST}:0/${NAME}` }), /must lead to a port from 1 to 65535/],
  ['several hosts', url({ rest: `${HOST},${HOST}/${NAME}` }), /must name one host, not several/],
  ['several hosts with ports', url({ rest: `${HOST}:1,${HOST}:2/${NAME}` }), /must name one host, not several/],
  ['a comma and a raw "/" in the password', url({ password: `wvJ4,/${PASSWORD}` }), /write "\/" as %2F/],
  ['an unknown sslmode', `${url()}?sslmode=wvJ4kPq`, /unknown sslmode: it must be disable, allow, prefer, require/],
  [
    'sslmode beside the CAs of the system',
    `${url()}?sslmode=disable&sslrootcert=system`,
    /with sslrootcert=system it must be verify-full/,
  ],
  ['JSON that ends early', `{"password":"${PASSWORD}"`, /looks like JSON but cannot be parsed/],
  ['JSON without quotes', `{"password":${PASSWORD}}`, /looks like JSON but cannot be parsed/],
  ['JSON with a raw line break', `{"url":"${url()}\n"}`, /looks like JSON but cannot be parsed/],
  ['JSON without the keys', JSON.stringify({ uri: url() }), /JSON without any of the expected keys/],
  ['JSON whose URL is no text', JSON.stringify({ url: { href: url() } }), /JSON without any of the expected keys/],
  ['JSON with a broken URL', JSON.stringify({ url: url({ password: `12#${PASSWORD}` }) }), /"#" as %23/],
  [
    'JSON without a password',
    JSON.stringify({ username: USER, host: HOST, dbname: NAME }),
    /JSON without any of the expected keys/,
  ],
  [
    'RDS JSON with a wrong port',
    JSON.stringify({ username: USER, password: PASSWORD, host: HOST, dbname: NAME, port: 'wvJ4' }),
    /port/,
  ],
  [
    'RDS JSON with a fractional port',
    JSON.stringify({ username: USER, password: PASSWORD, host: HOST, dbname: NAME, port: 1.5 }),
    /port/,
  ],
  [
    'RDS JSON with several hosts',
    JSON.stringify({ username: USER, password: PASSWORD, host: `${HOST},${HOST}`, dbname: NAME }),
    /must name one host, not several/,
  ],
  ['JSON with the URL of something else', JSON.stringify({ url: `https://${HOST}` }), /must be a postgres:\/\//],
  ['RDS JSON without a host', JSON.stringify({ username: USER, password: PASSWORD, dbname: NAME }), /lacks a host/],
  [
    'RDS JSON with an unknown sslmode',
    JSON.stringify({ username: USER, password: PASSWORD, host: HOST, dbname: NAME, sslmode: 'wvJ4' }),
    /unknown sslmode/,
  ],
];

test.each(broken)('%s: the error names the source, the fault and the expected forms', (_, value, fault) => {
  const failure = failureOf(() => parseDatabaseAddress(value, SOURCE));
  expect(failure).toMatchObject({ name: 'InvalidSecret', code: 'InvalidSecret' });
  expect(failure.message).toMatch(/^The secret "prod\/db" /);
  expect(failure.message).toMatch(fault);
  for (const form of FORMS) expect(failure.message).toContain(form);
});

test.each(broken)('%s: nothing of the value is anywhere in the error', (_, value) => {
  const everything = everythingIn(failureOf(() => parseDatabaseAddress(value, SOURCE)));
  expect(CANARIES.filter((canary) => everything.includes(canary))).toEqual([]);
});
