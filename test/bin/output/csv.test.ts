import { expect, test } from 'vitest';
import { csvLine, threadLine } from '../../../bin/local/output/csv.ts';

test('a line of CSV has quotes where a field needs them, and ends as RFC 4180 says', () => {
  expect(csvLine(['a', 1.5, 'b c', 'd,e', 'f"g', ''])).toBe('a,1.5,b c,"d,e","f""g",\r\n');
});

test.each(['=1+1', '+573001234567', '-1', '@SUM(A1)'])('a spreadsheet takes the field %j for a text', (field) => {
  expect(csvLine([field])).toBe(`'${field}\r\n`);
});

test('a tab or a line break in front of a formula does not hide it, and is no command to a terminal', () => {
  expect(csvLine(['\t=1', '\r=1', 'a\nb\u001b[2J'])).toBe("'\\u{9}=1,'\\u{d}=1,a\\u{a}b\\u{1b}[2J\r\n");
});

test('a thread is its phone, name, thread id, tokens, share of the limit and band', () => {
  const thread = {
    phone: '5700001',
    name: '=HYPERLINK("x","y")',
    threadId: null,
    tokens: 850_000,
    percent: 85,
    band: 'warning',
  } as const;
  expect(threadLine(thread)).toBe(`5700001,"'=HYPERLINK(""x"",""y"")",,850000,85,warning\r\n`);
});
