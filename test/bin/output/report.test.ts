import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { drawAuditRows, drawRestorable } from '../../../bin/local/output/audit-report.ts';
import { escapeControls, escapeControlsInJson } from '../../../bin/local/output/escape.ts';
import { drawState, type Page } from '../../../bin/local/output/report.ts';
import { en } from '../../../bin/local/texts/en.ts';
import { bandOf, percentOf } from '../../../lambda/model/bands.ts';
import type { CheckResult, Summarised, TopThread } from '../../../lambda/model/results.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const NAMES = [
  'Ana',
  `Familia Rojas ${FAMILY}`,
  '王小明 🐉',
  'سارة محمد',
  'Ceci 🇲🇽✈️🇪🇸',
  `${'Muy larga '.repeat(9)}${FAMILY}`,
];

const ROW = { id: 7_000, executionTime: '2026-01-02T03:00:00.123Z', totalTokensCleared: 99, exportedTo: null };

function page(columns: number): Page {
  return { columns, paint: (_, text) => text, texts: en, timezone: 'UTC' };
}

function thread(name: string, index: number): TopThread {
  const tokens = 1_500_000 - index * 140_000;
  const percent = percentOf(tokens, 1_000_000);
  // A wide character where none belongs: the columns behind it have to stand where they stood.
  const phone = index % 2 ? `5700000${index}` : `57電${index}`;
  return { phone, name, threadId: `conv_${name}`, tokens, percent, band: bandOf(tokens, 1_000_000) };
}

function result(topThreads: readonly TopThread[]): Summarised<CheckResult> {
  const figures = { threads: 2, tokens: 20 };
  return {
    mode: 'check',
    startedAt: '2026-01-02T03:00:00.000Z',
    summary: 'Two lines,\nas the function writes them.',
    tokenLimit: 1_000_000,
    tokenLimitFrom: 'deployment',
    forecast: { next: 'clears', threads: 2 },
    totalContacts: 10,
    activeThreads: 8,
    nearLimitThreads: 2,
    activeCount: 0,
    overLimitThreads: 2,
    totalTokens: 80,
    maxTokens: 10,
    averageTokens: 10,
    bands: { normal: figures, caution: figures, warning: figures, critical: { threads: 0, tokens: 0 } },
    topThreads,
    recentCleanups: [],
    warnings: [],
  };
}

/** The terminal column at which `text` begins in each line that contains it. */
function columnsOf(lines: readonly string[], texts: readonly string[]): number[] {
  return texts.flatMap((text) =>
    lines.filter((line) => line.includes(text)).map((line) => stringWidth(line.slice(0, line.indexOf(text)))),
  );
}

describe('The report', () => {
  test.each([80, 120])('keeps its tables in line in %i columns, whatever emoji and scripts are in names', (columns) => {
    const lines = drawState('State', result(NAMES.map(thread)), page(columns)).split('\n');
    const starts = columnsOf(lines, ['Name', ...NAMES.map((name) => name.slice(0, 3))]);
    expect(starts).toHaveLength(NAMES.length + 1);
    expect(new Set(starts).size).toBe(1);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });

  test('keeps the threads of an audit row in line as well', () => {
    const row = { ...ROW, cleanedCount: 12 };
    const threads = NAMES.map(thread);
    const lines = drawAuditRows([{ ...row, threads }], 3, page(80)).split('\n');
    const tableLines = lines.filter((line) => /Tokens|\d{3}/.test(line) && line.startsWith('  '));
    expect(new Set(columnsOf(tableLines, ['Thread', 'conv_'])).size).toBe(1);
    expect(lines).toContain('Audit row 7000: 2026-01-02 03:00:00 UTC, 12 threads, 99 tokens');
    expect(lines).toContain('  and 6 more threads');
    expect(lines).toContain('and 2 more audit rows');
  });

  test('shows a bar for each band, as long as its share of the active threads', () => {
    const lines = drawState('State', result([]), page(80)).split('\n');
    expect(lines.find((line) => line.includes('Warning'))).toContain(`${'█'.repeat(6)}${'░'.repeat(18)}`);
    expect(lines.find((line) => line.includes('Critical'))).toContain('░'.repeat(24));
  });

  test('shows what a terminal would obey, instead of passing it on', () => {
    const name = 'A\u001b[2J\u001b]0;owned\u0007\nB\rC\u009b31mD\u202eE\u2066F\u2028G\u0000\u007f';
    const bad: TopThread = { ...thread(name, 0), phone: '57\n\u001b[1A', threadId: 'conv_\u001b[8m' };
    const row = { ...ROW, cleanedCount: 1, exportedTo: '/x\u001b[2J\n/y' };
    const drawn =
      drawState('State', result([bad]), page(400)) + drawAuditRows([{ ...row, threads: [bad] }], 1, page(400));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028]/);
    expect(drawn).toContain(
      'A\\u{1b}[2J\\u{1b}]0;owned\\u{7}\\u{a}B\\u{d}C\\u{9b}31mD\\u{202e}E\\u{2066}F\\u{2028}G\\u{0}\\u{7f}',
    );
    expect(drawn).toContain('57\\u{a}\\u{1b}[1A');
    expect(drawn).toContain('conv_\\u{1b}[8m');
    expect(drawn).toContain('/x\\u{1b}[2J\\u{a}/y');
    expect(escapeControls(`${FAMILY} 🇨🇴 سارة`)).toBe(`${FAMILY} 🇨🇴 سارة`);
  });

  test('writes JSON that a terminal does not obey either, and that says the same', () => {
    const value = { name: 'A\u001b\u009b\u202e\u2028\n', list: [1] };
    const json = escapeControlsInJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toContain('A\\u001b\\u009b\\u202e\\u2028\\n');
  });

  test('lists cleanups with the command that restores each, and without one for those of the old script', () => {
    const run = { ...ROW, cleanedCount: 12 };
    const runs = [
      { ...run, requestId: 'request-1' },
      { ...run, id: 3, requestId: null },
    ];
    const lines = drawRestorable(runs, page(80)).split('\n');
    expect(lines[lines.indexOf('  Audit row 7000: 2026-01-02 03:00:00 UTC, 12 threads, 99 tokens') + 1]).toBe(
      '  npm run restore -- --request-id request-1',
    );
    expect(lines[lines.indexOf('  Audit row 3: 2026-01-02 03:00:00 UTC, 12 threads, 99 tokens') + 1]).toBe(
      '  recorded by the old script, without thread ids: nothing to restore',
    );
    expect(lines).toContain('To restore one audit row only: npm run restore -- 7000');
    expect(drawRestorable(runs.slice(1), page(80))).not.toContain('npm run');
  });
});
