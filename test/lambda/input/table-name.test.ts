import { expect, test } from 'vitest';
import { parseTableName } from '../../../lambda/table-name.ts';

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
