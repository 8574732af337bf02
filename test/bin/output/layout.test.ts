import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { bar, cut, wrap } from '../../../bin/local/output/layout.ts';

const FAMILY = '👨‍👩‍👧‍👦';

describe('The layout', () => {
  test('shows at least a trace of the smallest share, and a full bar for the whole', () => {
    expect(bar(0.000001, 10)).toBe(`▏${'░'.repeat(9)}`);
    expect(bar(1, 10)).toBe('█'.repeat(10));
    expect(bar(0, 10)).toBe('░'.repeat(10));
  });

  test('cuts a text between what people see as characters', () => {
    for (let columns = 1; columns < 12; columns++) {
      const short = cut(`ab${FAMILY}cd${FAMILY}ef`, columns);
      expect(stringWidth(short)).toBeLessThanOrEqual(columns);
      expect(short.replaceAll(FAMILY, '')).not.toContain('\u200d');
    }
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
  });

  test('breaks long lines between words', () => {
    expect(wrap('one two three\nfour', 9)).toEqual(['  one two', '  three', '  four']);
  });

  test('keeps a command in one piece, so that it can be copied', () => {
    const command = 'npm run restore -- --request-id 01234567-89ab-cdef-0123-456789abcdef';
    expect(wrap(`To restore: ${command} (soon)`, 70)).toEqual(['  To restore:', `  ${command}`, '  (soon)']);
    expect(wrap('To restore: npm run restore -- 7', 20)).toEqual(['  To restore:', '  npm run restore -- 7']);
    const other = 'npm run check -- --token-limit LIMIT --quiet-minutes 0';
    expect(wrap(`To set another: ${other}`, 60)).toEqual(['  To set another:', `  ${other}`]);
    const forced = 'npm run cleanup -- --token-limit 1000 --force';
    expect(wrap(`To clear them: ${forced}`, 50)).toEqual(['  To clear them:', `  ${forced}`]);
    expect(wrap('To restore: thread-cleanup restore 7', 20)).toEqual(['  To restore:', '  thread-cleanup restore 7']);
    const installed = 'thread-cleanup cleanup --token-limit 1000 --force';
    expect(wrap(`To clear them: ${installed}`, 50)).toEqual(['  To clear them:', `  ${installed}`]);
  });
});
