import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { asSql, sqlText } from '../../../lambda/database/sql-text.ts';
import { createDatabase } from '../../support/postgres/database.ts';

const { url } = await createDatabase();

/** What a server must not take for more than letters; the rest is any text at all. */
const AWKWARD = [
  "'",
  "''",
  '\\',
  "\\'",
  '"',
  '$$',
  '$1',
  '--',
  '/*',
  '*/',
  ';',
  '\n',
  '\r\n',
  '\t',
  '%',
  '${',
  '`',
  'é',
  '語',
  '🙂',
  '\u2019',
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''));

describe.each(['on', 'off'])('with standard_conforming_strings %s', (setting) => {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connection: { standard_conforming_strings: setting },
  });
  afterAll(() => sql.end());
  const come = async (statement: { sql: string }) =>
    (await sql.unsafe(statement.sql).simple()).map((row) => ({ ...row }));

  test('the server has the setting', async () => {
    expect(await sql`show standard_conforming_strings`).toEqual([{ standard_conforming_strings: setting }]);
  });

  test('every text that goes into a simple query comes out as it was', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (one, other) => {
        expect(await come(sqlText`select ${one}::text as one, ${other}::text as other`)).toEqual([{ one, other }]);
      }),
      { numRuns: 300 },
    );
  });

  test.each(AWKWARD)('%j comes out as it was, alone and at both ends', async (text) => {
    for (const given of [text, `${text}a`, `a${text}`, `${text}a${text}`]) {
      expect(await come(sqlText`select ${given}::text as given`)).toEqual([{ given }]);
    }
  });

  test('every whole number that a double holds comes out as it was, also after a sign', async () => {
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), async (number) => {
        expect(await come(sqlText`select ${number}::float8 as number`)).toEqual([{ number }]);
        expect(await come(sqlText`select 0 -${number}::bigint = 0 - (${number})::bigint as same`)).toEqual([
          { same: true },
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

test('a text inside a fragment inside a fragment is still a text', () => {
  const inner = sqlText`a = ${"it's"}`;
  expect(sqlText`select 1 where ${inner} and ${asSql('"b"')} = ${2}`).toEqual({
    sql: `select 1 where a = E'it''s' and "b" = 2`,
  });
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('the number %s is refused', (number) => {
  expect(() => sqlText`select ${number}`).toThrow(TypeError);
});

test('a text with a zero byte is refused: the server would end the query there', () => {
  expect(() => sqlText`select ${'a\0; drop table b'}`).toThrow(TypeError);
});
