import { describe, expect, test } from 'vitest';
import { languageOfSystem, parseTableName, parseTokenLimit, readTimeZone } from '../../../lambda/input/values.ts';

describe('a token limit', () => {
  test.each([
    ['1', 1],
    ['1000000', 1_000_000],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['1,000,000', 1_000_000],
    ['1.000.000', 1_000_000],
    ['1_000_000', 1_000_000],
    ['750.000', 750_000],
    ['1M', 1_000_000],
    ['2m', 2_000_000],
    ['500k', 500_000],
    ['500K', 500_000],
    ['9007199254k', 9_007_199_254_000],
  ])('the text %j is a token limit', (text, limit) => {
    expect(parseTokenLimit(text)).toBe(limit);
  });

  test.each(['', '0', '00', '01', '-1', '+1', '1.0', '1e6', '0x10', ' 1', '1 ', 'NaN', 'Infinity', '９'])(
    'the text %j is none',
    (text) => expect(parseTokenLimit(text)).toBeUndefined(),
  );

  test.each([
    '1,00',
    '1,0000',
    '1,000.000',
    '1.000,000',
    '1,000,',
    ',100',
    '0,100',
    '1.5M',
    '1 M',
    'M',
    '0k',
    '1,000k',
    '1kk',
    '1G',
  ])('the text %j is none, since it could mean anything', (text) => expect(parseTokenLimit(text)).toBeUndefined());

  test.each([
    '9007199254740992',
    '9007199254740993',
    '9999999999999999',
    '10000000000000000',
    '9007199255M',
    '9,007,199,254,740,992',
  ])('the text %j is none, since it is too large for a number in JSON', (text) =>
    expect(parseTokenLimit(text)).toBeUndefined(),
  );
});

describe("the operating system's language", () => {
  test.each([
    ['es', 'es'],
    ['es_CO:es', 'es'],
    ['es_CO.UTF-8', 'es'],
    ['fr_FR:es_ES:en', 'es'],
    ['en_US:en', 'en'],
    ['es-CO', 'es'],
    ['de:fr', undefined],
    ['C', undefined],
    ['esperanto', undefined],
    [':', undefined],
  ])('%j is read as %j', (text, language) => {
    expect(languageOfSystem(text)).toBe(language);
  });
});

describe('the name of a table', () => {
  test.each([
    ['ClientView', undefined, 'ClientView'],
    ['public.ClientView', 'public', 'ClientView'],
    ['whatsapp.client_view', 'whatsapp', 'client_view'],
    ['"my.schema"."my.table"', 'my.schema', 'my.table'],
    ['public."Client""View"', 'public', 'Client"View'],
    ['" spaced "', undefined, ' spaced '],
    [' public . ClientView ', 'public', 'ClientView'],
    ['Client View', undefined, 'Client View'],
    ["Robert'); drop table x;--", undefined, "Robert'); drop table x;--"],
    ['Clientes_ñ', undefined, 'Clientes_ñ'],
    ['x'.repeat(63), undefined, 'x'.repeat(63)],
  ])('%j is a name, taken as it is', (text, schema, name) => {
    expect(parseTableName(text)).toEqual({ schema, name });
  });

  test.each([
    ['nothing', ''],
    ['only spaces', '  '],
    ['no table', 'public.'],
    ['no schema', '.ClientView'],
    ['three parts', 'database.public.ClientView'],
    ['a quote that does not end', '"ClientView'],
    ['a quote in the middle', 'Client"View'],
    ['an empty quoted name', '""'],
    ['a line break', 'Client\nView'],
    ['a zero byte', 'Client\0View'],
    ['64 bytes, which the server would cut off', 'x'.repeat(64)],
    ['64 bytes in fewer characters', 'ñ'.repeat(32)],
  ])('a text with %s is none', (_, text) => {
    expect(parseTableName(text)).toBeUndefined();
  });
});

describe('a time zone', () => {
  test.each(['UTC', 'utc', 'Etc/UTC', 'GMT', 'Zulu'])('is UTC when it says %s', (name) => {
    expect(readTimeZone(name)).toBe('UTC');
  });

  test.each([
    ['America/Bogota', 'America/Bogota'],
    ['america/bogota', 'America/Bogota'],
    ['US/Eastern', 'America/New_York'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
  ])('is the canonical name for %s', (name, canonical) => {
    expect(readTimeZone(name)).toBe(canonical);
  });

  test.each(['Mars/Phobos', 'Bogota', '+05:00', '-0500', 'GMT+5', ''])('is not %j', (name) => {
    expect(readTimeZone(name)).toBeUndefined();
  });
});
