import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { drawAuditRows } from '../../../bin/local/output/audit-report.ts';
import { escapeControls, escapeControlsInJson } from '../../../bin/local/output/escape.ts';
import { drawHelp } from '../../../bin/local/output/help.ts';
import type { Page } from '../../../bin/local/output/page.ts';
import { drawState } from '../../../bin/local/output/report.ts';
import { drawCleanupResult } from '../../../bin/local/output/result.ts';
import { drawRestorable } from '../../../bin/local/output/runs.ts';
import { fromCheckout } from '../../../bin/local/program/from-checkout.ts';
import { installed } from '../../../bin/local/program/installed.ts';
import { terminalTextsOf } from '../../../bin/local/texts/texts-of.ts';
import type { Language } from '../../../lambda/input/values.ts';
import { bandOf, percentOf } from '../../../lambda/model/bands.ts';
import type {
  CheckResult,
  CleanupResult,
  RecentCleanup,
  Summarised,
  TopThread,
} from '../../../lambda/model/results.ts';

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

function page(columns: number, language: Language = 'en'): Page {
  return {
    columns,
    paint: (_, text) => text,
    texts: terminalTextsOf(language),
    timezone: 'UTC',
    typed: fromCheckout.typed,
  };
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
function columnsOf(lines: readonly string[], texts: readonly RegExp[]): number[] {
  return texts.flatMap((text) =>
    lines.filter((line) => text.test(line)).map((line) => stringWidth(line.slice(0, line.search(text)))),
  );
}

const WIDTHS = [60, 72, 80, 120, 200];

describe('The report', () => {
  test.each(WIDTHS.flatMap((columns) => [['en', columns] as const, ['es', columns] as const]))(
    'keeps its tables in line, whatever emoji and scripts are in names: %s in %i columns',
    (language, columns) => {
      const lines = drawState('State', result(NAMES.map(thread)), page(columns, language)).split('\n');
      const starts = columnsOf(lines, [/Name|Nombre/, ...NAMES.map((name) => new RegExp(name.slice(0, 3), 'u'))]);
      expect(starts).toHaveLength(NAMES.length + 1);
      expect(new Set(starts).size).toBe(1);
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    },
  );

  test('keeps the threads of an audit row in line as well', () => {
    const row = { ...ROW, cleanedCount: 12 };
    const threads = NAMES.map(thread);
    const lines = drawAuditRows([{ ...row, threads }], 3, page(80)).split('\n');
    const tableLines = lines.filter((line) => /Tokens|\d{3}/.test(line) && line.startsWith('  '));
    expect(new Set(columnsOf(tableLines, [/Thread/, /conv_/])).size).toBe(1);
    expect(lines).toContain('Audit row 7000: 2026-01-02 03:00 UTC, 12 threads, 99 tokens');
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

  test('writes JSON in one line that a terminal does not obey either, and that says the same', () => {
    const value = { name: 'A\u001b\u009b\u202e\u2028\n', list: [1] };
    const json = escapeControlsInJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toBe('{"name":"A\\u001b\\u009b\\u202e\\u2028\\n","list":[1]}');
  });

  test('has one scale for the bars of the largest threads, and a mark at the limit', () => {
    const threads = [2_000_000, 1_000_000, 500_000].map((tokens) => ({ ...thread('Ana', 0), tokens }));
    const bars = drawState('State', result(threads), page(120)).match(/^ {2}[█▉▊▋▌▍▎▏░│]{24} /gmu);
    expect(bars?.map((bar) => bar.trim())).toEqual([
      `${'█'.repeat(12)}│${'█'.repeat(11)}`,
      `${'█'.repeat(12)}│${'░'.repeat(11)}`,
      `${'█'.repeat(6)}${'░'.repeat(6)}│${'░'.repeat(11)}`,
    ]);
  });

  test('lists cleanups one a line, with what came back, and the command of the newest that can be restored', () => {
    const rows = drawRestorable(RUNS, page(120)).split('\n');
    expect(rows).toEqual([
      '',
      'Last cleanups (UTC)',
      '  Time              Threads       Tokens  Audit rows  Restored',
      '  2026-01-02 03:00       12           99  7000        2026-01-03 20:22 (all)',
      '  2026-01-02 03:00   37,000  123,456,789  6981–6999   2026-01-03 20:22 (5 of 37,000)',
      '  2026-01-02 03:00       12           99  3           no thread ids',
      '',
      'To restore a run, give its audit rows: npm run restore -- 6981-6999',
      '',
    ]);
    expect(drawRestorable(RUNS.slice(0, 1), page(80))).toMatch(/There is nothing left to restore\.\n$/);
    expect(drawRestorable(RUNS.slice(2), page(80))).not.toContain('npm run');
  });

  test.each(WIDTHS)('fits in %i columns, in both languages, however large the figures are', (columns) => {
    for (const language of ['en', 'es'] as const) {
      const paper = page(columns, language);
      const { help } = terminalTextsOf(language);
      const lines = [
        drawRestorable(RUNS, paper),
        drawState('State', { ...result([thread('Ana', 1)]), recentCleanups: RUNS, totalTokens: 2 ** 50 }, paper),
        drawCleanupResult(
          CLEANUP,
          { requestId: '2f0c6d1e-0000-4000-8000-000000000000' },
          { schema: undefined, name: 'ClientView' },
          paper,
        ),
        drawAuditRows(
          [{ ...ROW, cleanedCount: 2_000, totalTokensCleared: 2 ** 50, threads: NAMES.map(thread) }],
          3,
          paper,
        ),
        drawHelp(help(fromCheckout), columns),
        drawHelp(help(installed), columns),
      ].flatMap((text) => text.split('\n'));
      // A command stays in one piece, so that it can be copied.
      const wide = lines.filter(
        (line) =>
          stringWidth(line) > columns &&
          !/^ {2}(npm run restore --|thread-cleanup restore) --request-id \S+$/.test(line),
      );
      expect(wide).toEqual([]);
    }
  });
});

const RUN: RecentCleanup = {
  id: 7_000,
  firstId: 7_000,
  requestId: 'request-1',
  executionTime: ROW.executionTime,
  cleanedCount: 12,
  totalTokensCleared: 99,
  auditCount: 1,
  restoredCount: 12,
  restoredAt: '2026-01-03T20:22:33.456Z',
};
const RUNS: readonly RecentCleanup[] = [
  RUN,
  {
    ...RUN,
    id: 6_999,
    firstId: 6_981,
    requestId: 'request-2',
    cleanedCount: 37_000,
    totalTokensCleared: 123_456_789,
    auditCount: 19,
    restoredCount: 5,
  },
  { ...RUN, id: 3, firstId: 3, requestId: null, restoredCount: 0, restoredAt: null },
];
const CLEANUP: CleanupResult = {
  mode: 'cleanup',
  startedAt: '2026-01-02T03:00:00.000Z',
  tokenLimit: 1_000_000,
  tokenLimitFrom: 'deployment',
  requestId: 'request-1',
  cleanedCount: 37_000,
  totalTokensCleared: 2 ** 50,
  auditIds: [1],
  auditCount: 1,
  nearLimitCount: 3,
  remainingCount: 12,
  activeCount: 0,
  complete: true,
  warnings: ['Something that has rather many words and would not fit into a line of eighty columns at all.'],
  durationMs: 400,
};
