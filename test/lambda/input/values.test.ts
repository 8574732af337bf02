import { expect, test } from 'vitest';
import { parseTokenLimit } from '../../../lambda/token-limit.ts';

test.each([
  ['1', 1],
  ['1000000', 1_000_000],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
])('the text %j is a token limit', (text, limit) => {
  expect(parseTokenLimit(text)).toBe(limit);
});

test.each(['', '0', '00', '01', '-1', '+1', '1.0', '1e6', '0x10', ' 1', '1 ', '1_000', 'NaN', 'Infinity', '９'])(
  'the text %j is none',
  (text) => expect(parseTokenLimit(text)).toBeUndefined(),
);

test.each(['9007199254740992', '9007199254740993', '9999999999999999', '10000000000000000'])(
  'the text %j is none, since a number in JSON cannot hold it',
  (text) => expect(parseTokenLimit(text)).toBeUndefined(),
);
