import { describe, expect, test } from 'vitest';
import { JOB_ERROR_CODES, JobError } from '../../../lambda/model/job-error.ts';
import type { CheckResult } from '../../../lambda/model/results.ts';
import { en } from '../../../lambda/texts/en.ts';
import { textsOf } from '../../../lambda/texts/texts-of.ts';
import { html } from '../../../lambda/widget/html.ts';
import { errorHtml, type WidgetContext, widgetHtml } from '../../../lambda/widget/page.ts';
import { checkResult, topThread } from '../../support/browser/check-results.ts';

const CONTEXT: WidgetContext = { theme: 'light', texts: en, timezone: 'America/Bogota', at: '2025-08-29T19:04:00Z' };
const draw = (changes: Partial<CheckResult> = {}, context: Partial<WidgetContext> = {}) =>
  widgetHtml(checkResult(changes), { ...CONTEXT, ...context });

/** What is to be read, without the style sheet. */
const read = (widget: string) =>
  widget
    .replace(/<style>.*?<\/style>/s, '')
    .replaceAll('<wbr>', '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

test('shows the headline figures, the bands, the largest threads, the last cleanups and the time of the check', () => {
  expect(read(draw())).toBe(
    'Over the limit 1 Cleared by the next cleanup. Near the limit 2 800,000 tokens or more Active threads 12 of 20 contacts ' +
      'Tokens in total 7,234,567 602,881 on average Largest thread 2,500,000 250.0% of the limit ' +
      'Threads by band Normal &lt; 50% 6 threads 1,234,567 tokens Caution 50–80% 3 threads 1,800,000 tokens ' +
      'Warning 80–100% 2 threads 1,700,000 tokens Critical ≥ 100% 1 thread 2,500,000 tokens ' +
      'Largest threads Ana …4567 2,500,000 250.0% Critical Beto …4321 900,000 90.0% Warning The line marks the limit. ' +
      'Last cleanups Aug 29, 2025, 03:00 12 threads 14,203,993 tokens ' +
      'Token limit: 1,000,000. As of Aug 29, 2025, 14:04 (America/Bogota).',
  );
});

test('speaks Spanish, with the words of the old document for the bands', () => {
  const text = read(draw({}, { texts: textsOf('es') }));
  for (const words of ['Normal', 'Precaución', 'Advertencia', 'Crítico', '2.500.000', '250,0% del límite', '14:04']) {
    expect(text).toContain(words);
  }
});

test('says so where there is nothing to list', () => {
  const widget = draw({ topThreads: [], recentCleanups: [], activeThreads: 0, bands: noThreads, maxTokens: 0 });
  expect(widget).not.toContain('class="tc-fill');
  const text = read(widget);
  expect(text).toContain('Largest threads No active threads yet.');
  expect(text).toContain('Last cleanups No cleanups yet.');
});
const none = { threads: 0, tokens: 0 };
const noThreads = { normal: none, caution: none, warning: none, critical: none };

test.each([
  [{ next: 'clears', threads: 8 }, undefined, 'Over the limit 8 Cleared by the next cleanup.'],
  [{ next: 'nothing' }, undefined, 'Over the limit 8 Nothing to clear.'],
  [
    { next: 'refused', threads: 8, share: 90.5, allowed: 50 },
    'The next cleanup will be refused: 90.5% of the active threads, 50% allowed. Is the limit of 1,000,000 tokens (as ' +
      'deployed) right?',
    'Over the limit 8 1,000,000 tokens or more',
  ],
  [
    { next: 'paused' },
    'The cleanup is paused: 8 threads over the limit will not be cleared.',
    'Over the limit 8 1,000,000 tokens or more',
  ],
] as const)(
  'says what the next cleanup will do, above all else where it will do nothing: %j',
  (forecast, said, card) => {
    const text = read(draw({ forecast, overLimitThreads: 8 }));
    expect(text.startsWith(said === undefined ? card : `${said} ${card}`)).toBe(true);
  },
);

test.each([
  [{ next: 'clears', threads: 5 }, '5 cleared by the next cleanup, 3 left while active.'],
  [{ next: 'nothing' }, 'Left while the conversation is active.'],
] as const)('says which threads over the limit quietMinutes leaves: %j', (forecast, said) => {
  expect(read(draw({ forecast, overLimitThreads: 8, activeCount: 3 }))).toMatch(`Over the limit 8 ${said} Near`);
});

test('a bar is as wide as its share: of the active threads, or of the largest thread with a line at the limit', () => {
  expect([...draw().matchAll(/tc-fill tc-(\w+)" style="width:([\d.]+%)/g)].map(([, ...bar]) => bar)).toEqual([
    ['normal', '50.00%'],
    ['caution', '25.00%'],
    ['warning', '16.67%'],
    ['critical', '8.33%'],
    ['critical', '100.00%'],
    ['warning', '36.00%'],
  ]);
  expect([...draw().matchAll(/tc-mark" style="left:([\d.]+%)/g)].map(([, left]) => left)).toEqual(['40.00%', '40.00%']);
});

test('while no thread is over the limit, the whole bar is the limit and has no line', () => {
  const widget = draw({ topThreads: [topThread(900_000), topThread(500_000)] });
  expect([...widget.matchAll(/tc-fill tc-\w+" style="width:([\d.]+%)/g)].slice(4).map(([, width]) => width)).toEqual([
    '90.00%',
    '50.00%',
  ]);
  expect(widget).not.toContain('class="tc-mark"');
  expect(read(widget)).not.toContain('The line marks');
});

describe('of a phone number there are the last four digits', () => {
  test.each([
    ['573001234567', '…4567'],
    ['+57 300 123 45 67', '…4567'],
    ['573001234567@s.whatsapp.net', '…4567'],
    ['123', '…123'],
    ['unknown', '…'],
    ['+٥٧٣٠٠١٢٣٤٥٦٧', '…٤٥٦٧'],
  ])('%s is shown as %s', (phone, shown) => {
    const widget = draw({ topThreads: [topThread(1, 'Ana', phone)] });
    expect(read(widget)).toContain(`Ana ${shown} 1 `);
    expect(widget).not.toContain(phone.length > 4 ? phone : 'nothing else');
  });

  test.each([
    ['573001234567', 'no name …4567'],
    [' ', 'no name …4567'],
    ['+57 (300) 123-4567', '…4567 …4567'],
    ['Ana 300.123.4567 nueva', 'Ana …4567 nueva …4567'],
    ['Ana 3\u200b0\u200b0\u200b1\u200b2\u200b3\u200b4567', 'Ana …4567 …4567'],
    ['Apto 1204 torre 3', 'Apto 1204 torre 3 …4567'],
  ])('even when the contact is called %j', (name, shown) => {
    expect(read(draw({ topThreads: [topThread(1, name)] }))).toContain(`Largest threads ${shown} 1 `);
  });
});

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='a'>&amp;`;
test.each([
  ['a name', { topThreads: [topThread(1, HOSTILE)] }],
  ['a phone number', { topThreads: [topThread(1, 'Ana', HOSTILE)] }],
])('%s that is markup is shown as text, in content and attributes', (_, changes) => {
  const tags = (widget: string) => widget.match(/<[^>]*>/g)?.map((tag) => tag.replace(/title="[^"]*"/, ''));
  expect(tags(draw(changes))).toEqual(tags(draw({ topThreads: [topThread(1)] })));
});

test('a message is explained in Spanish in front of the original, for every name of an error', () => {
  for (const code of JOB_ERROR_CODES) {
    const widget = errorHtml(new JobError(code, 'The\u001bmessage.'), { ...CONTEXT, texts: textsOf('es') });
    expect(/<p>(.*)<\/p>/s.exec(widget)?.[1], code).toMatch(/^[A-Z][^\n]*\.\n\nThe message\.$/);
  }
});

test('a message is shown in a box, as text', () => {
  const widget = errorHtml(new JobError('DatabaseUnreachable', `db, port 5432: ${HOSTILE}`), CONTEXT);
  expect(read(widget)).toMatch(/^The check failed: DatabaseUnreachable db, port 5432: &quot;&gt;&lt;script&gt;/);
  expect(widget).not.toMatch(/<script|<img/);
});

test('text is escaped, and markup of our own is not escaped again', () => {
  const inner = html`<b title="${`"'`}">${'<&>'}</b>`;
  expect(html`${inner}${[inner]}${7}`.markup).toBe(`${'<b title="&quot;&#39;">&lt;&amp;&gt;</b>'.repeat(2)}7`);
});

test('a name of a thousand characters is cut between characters', () => {
  expect(draw({ topThreads: [topThread(1, '🐉'.repeat(1_000))] })).toContain(`<bdi>${'🐉'.repeat(60)}…</bdi>`);
});

test.each(['light', 'dark'] as const)('there is nothing in it that a dashboard strips or fetches (%s)', (theme) => {
  const widget = draw({}, { theme });
  expect(widget).not.toMatch(
    /<(script|iframe|use|link|img|form|object|meta)|\son\w+=|url\(|@import|https?:|javascript:/i,
  );
  expect(widget).toMatch(/^<div class="thread-cleanup cwdb-no-default-styles">/);
  // A sanitizer takes any of these for markup in disguise and drops the whole style sheet.
  expect(/<style>(.*?)<\/style>/s.exec(widget)?.[1]).not.toMatch(/[<>]\w|&\w+;/);
});

test('its rules concern nothing else on the page', () => {
  const sheet = /<style>(.*?)<\/style>/s.exec(draw())?.[1] ?? '';
  const selectors = [...sheet.matchAll(/(?<=^|[{},])\s*([^{}@]+)\{/g)].flatMap(([, list = '']) =>
    list.trim().split(','),
  );
  expect(selectors.length).toBeGreaterThan(30);
  expect(selectors.filter((selector) => !selector.startsWith('.thread-cleanup'))).toEqual([]);
});

test('light and dark differ in colours and in nothing else', () => {
  const withoutColours = (widget: string) => widget.replace(/#[0-9a-f]{6}/g, '#');
  expect(draw({}, { theme: 'dark' })).not.toBe(draw());
  expect(withoutColours(draw({}, { theme: 'dark' }))).toBe(withoutColours(draw()));
});
