import { expect, test } from 'vitest';
import { csvHead, csvLine, threadLine } from '../../../bin/local/output/csv.ts';
import { en } from '../../../bin/local/texts/en.ts';
import { es } from '../../../bin/local/texts/es.ts';

test('a line of CSV has quotes where a field needs them, and ends as RFC 4180 says', () => {
  expect(csvLine(['a', 1.5, 'b c', 'd,e', 'f"g', ''], en.csv)).toBe('a,1.5,b c,"d,e","f""g",\r\n');
});

test('in Spanish it has the separator and the decimal comma of Excel there', () => {
  expect(csvLine(['a', 1.5, 'd,e', 'f;g'], es.csv)).toBe('a;1,5;"d,e";"f;g"\r\n');
});

test('the file begins with the mark by which Excel knows UTF-8', () => {
  expect(Buffer.from(csvHead(en.csv)).subarray(0, 8)).toEqual(Buffer.from('\xef\xbb\xbfphone', 'latin1'));
});

test.each(['=1+1', '+57300=1', '+57-300', '-1', '@SUM(A1)', ' =1', '＝1+1', '＋1', '－1', '＠SUM(A1)'])(
  'a spreadsheet takes the field %j for a text',
  (field) => {
    expect(csvLine([field], en.csv)).toBe(`'${field}\r\n`);
  },
);

test.each([
  ['a,=1', `"a,'=1"`],
  ['a; =1', `"a;' =1"`],
  ['a";"=1', `"a"";""'=1"`],
])('also where it reads another separator, so that %j is several fields', (field, line) => {
  for (const { csv } of [en, es]) expect(csvLine([field], csv)).toBe(`${line}\r\n`);
});

test('a tab or a line break in front of a formula does not hide it, and is no command to a terminal', () => {
  expect(csvLine(['\t=1', '\r=1', '\n=1', 'a\nb\u001b[2J'], en.csv)).toBe(
    "'\\u{9}=1,'\\u{d}=1,'\\u{a}=1,a\\u{a}b\\u{1b}[2J\r\n",
  );
});

test.each(['+573001234567', '+57 300 123 4567'])('a phone number with its plus sign stays as it is: %s', (phone) => {
  expect(csvLine([phone], en.csv)).toBe(`${phone}\r\n`);
});

test('a thread is its phone, name, thread id, tokens, share of the limit and band', () => {
  const thread = {
    phone: '5700001',
    name: '=HYPERLINK("x","y")',
    threadId: null,
    tokens: 850_000,
    percent: 85.5,
    band: 'warning',
  } as const;
  expect(threadLine(thread, en.csv)).toBe(`5700001,"'=HYPERLINK(""x"",""y"")",,850000,85.5,warning\r\n`);
  expect(threadLine(thread, es.csv)).toBe(`5700001;"'=HYPERLINK(""x"",""y"")";;850000;85,5;warning\r\n`);
});
