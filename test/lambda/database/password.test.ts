import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../bin/local/sample/embedded-postgres.ts';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { openDatabase } from '../../../lambda/database/database.ts';
import { passwordForms } from '../../../lambda/database/password.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { writeServerFile } from '../../support/postgres/server-file.ts';

// The server of the other tests asks for passwords in clear, and prepares them itself.
const server = await startEmbeddedPostgres({ fsync: 'off' });
const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => undefined });
await writeServerFile(sql, 'pg_hba.conf', 'host all postgres all password\nhost all all all md5\n');
await sql`select pg_reload_conf()`;
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await server.stop();
});

/** A role with that password, stored as the server prepares it; the URL logs in as it. */
async function roleWith(password: string, encryption: 'scram-sha-256' | 'md5') {
  const name = `role_${randomUUID().replaceAll('-', '')}`;
  await sql.unsafe(`set password_encryption = '${encryption}'; create role ${name} login password '${password}'`);
  return (given: string) =>
    Object.assign(new URL(server.url('postgres')), { username: name, password: encodeURIComponent(given) }).href;
}

const logIn = async (url: string) => {
  const connection = await openDatabase(parseDatabaseAddress(url, 'The test'));
  const rows = await connection.run((sql) => sql`select 1 as one`);
  await connection.close();
  return rows;
};

test.each([
  ['an ordinal', 'nº1'],
  ['a ligature', 'oﬃce'],
  ['full width', 'ｐａｓｓ'],
  ['an accent by itself', 'contrasen\u0303a'],
  ['a soft hyphen', 'pass\u00adword'],
  ['a space of another width', 'pass\u2003word'],
  ['a no-break space', 'pass\u00a0word'],
  ['a Roman numeral', 'Ⅸ'],
  ['a joiner', 'a\u200db'],
  ['a superscript', 'x²'],
  ['an eñe', 'contraseña'],
  ['what SASLprep does not allow beside what it changes', 'nº\u{1f338}'],
  ['a control character', 'a\u0007ª'],
  ['both directions', '\u0627a1'],
  ['from right to left', '\u0627\u0628'],
  ['nothing but what is left out', '\u00ad'],
])('a password beyond ASCII is prepared as the server does it: %s', async (_, password) => {
  const urlOf = await roleWith(password, 'scram-sha-256');
  expect(await logIn(urlOf(password))).toEqual([{ one: 1 }]);
});

test('a server that does not prepare passwords gets them as they are', async () => {
  const urlOf = await roleWith('nº1', 'md5');
  expect(await logIn(urlOf('nº1'))).toEqual([{ one: 1 }]);
});

test('a wrong password beyond ASCII is refused as one', async () => {
  const urlOf = await roleWith('nº1', 'scram-sha-256');
  expect(await failureOfAsync(logIn(urlOf('nº2')))).toMatchObject({ code: 'DatabaseLoginRefused' });
});

test('a password of ASCII has one form', () => {
  expect(passwordForms('p\u007f#w')).toEqual(['p\u007f#w']);
});
