import { expect, test } from 'vitest';
import type { Outcome } from '../../../lambda/fleet/outcome.ts';
import type { Ended } from '../../../lambda/fleet/rounds.ts';
import { sumCheck, sumCleanup } from '../../../lambda/fleet/sums.ts';
import { addFigures, threadFigures } from '../../../lambda/model/figures.ts';
import { cleaned, failed } from '../../support/fleet/scripted-engine.ts';
import { totalsOf } from '../../support/job/totals.ts';

const TIMES = { startedAt: '2026-01-02T03:00:00.000Z', endedAt: '2026-01-02T03:01:30.000Z' };
const figuresOf = (threads: number) =>
  threadFigures(
    totalsOf(
      [
        { threads, tokens: 10 * threads },
        { threads: 0, tokens: 0 },
        { threads: 0, tokens: 0 },
        { threads: 0, tokens: 0 },
      ],
      1,
      5 * threads,
    ),
  );
const ended = (secret: string, outcome: Outcome, more: Partial<Ended> = {}): Ended => ({
  ...{ secret, outcome, retried: false, earlierCount: 0, earlierTokens: 0, figures: undefined },
  ...more,
});

test('a cleanup adds up what every database did, parts of runs included', () => {
  const {
    result,
    figures,
    cleaned: lines,
  } = sumCleanup(
    [
      ended('a', cleaned(3, { nearLimitCount: 2, remainingCount: 1 }), { figures: figuresOf(7) }),
      ended('b', cleaned(0), { figures: figuresOf(3), retried: true }),
      ended('c', failed(false), { earlierCount: 5, earlierTokens: 50 }),
      ended('d', cleaned(1, { complete: false }), { earlierCount: 4, earlierTokens: 40 }),
      ended('e', { kind: 'removed', message: 'No secret of that name exists.' }),
    ],
    false,
    TIMES,
  );
  expect(result).toMatchObject({
    databaseCount: 4,
    removedCount: 1,
    failedCount: 1,
    cleanedCount: 3 + 5 + 5,
    totalTokensCleared: 3_000_000 + 50 + 1_000_040,
    cleanedDatabaseCount: 3,
    nearLimitCount: 2,
    remainingCount: 1,
    unfinishedCount: 1,
    retriedCount: 1,
    paused: false,
    durationMs: 90_000,
  });
  expect(figures).toMatchObject({ activeThreads: 10, totalContacts: 12, maxTokens: 35 });
  expect(lines.map(({ secret, cleanedCount }) => [secret, cleanedCount])).toEqual([
    ['a', 3],
    ['b', 0],
    ['d', 5],
  ]);
});

test('the ten that cleared most are named, and at most a hundred that failed, with how many failed of what', () => {
  const many = [
    ...Array.from({ length: 30 }, (_, n) => ended(`t${n}`, cleaned(n % 15))),
    ...Array.from({ length: 120 }, (_, n) => ended(`f${n}`, failed(false))),
    ended('refused', { kind: 'failed', error: 'CleanupRefused', message: 'With a limit …', mayPass: false }),
  ];
  const { result, failed: all } = sumCleanup(many, false, TIMES);
  expect(result.top.map(({ cleanedCount }) => cleanedCount)).toEqual([14, 14, 13, 13, 12, 12, 11, 11, 10, 10]);
  expect(result.failed).toHaveLength(100);
  expect(all).toHaveLength(121);
  expect(result.failures).toEqual([
    { error: 'DatabaseUnreachable', count: 120 },
    { error: 'CleanupRefused', count: 1 },
  ]);
});

test('one database that is paused makes the run one that is paused', () => {
  expect(sumCleanup([ended('a', cleaned(0, { paused: true }))], false, TIMES).result.paused).toBe(true);
});

test('a check adds up the forecasts, and names those that clear most or are refused', () => {
  const check = (secret: string, forecast: Extract<Outcome, { kind: 'checked' }>['check']['forecast']) =>
    ended(secret, { kind: 'checked', check: { mode: 'check', tokenLimit: 1, forecast, ...figuresOf(2) } });
  expect(
    sumCheck(
      [
        check('a', { next: 'clears', threads: 4 }),
        check('b', { next: 'nothing' }),
        check('c', { next: 'refused', threads: 9, share: 90, allowed: 50 }),
        check('d', { next: 'paused' }),
        check('e', { next: 'clears', threads: 1 }),
      ],
      TIMES,
    ),
  ).toMatchObject({
    databaseCount: 5,
    forecast: { clears: 2, refused: 1, paused: 1, nothing: 1, threads: 5 },
    figures: { activeThreads: 10 },
    top: [{ secret: 'c' }, { secret: 'a' }, { secret: 'e' }],
  });
});

test('figures of no database at all are zeros', () => {
  expect(addFigures([])).toMatchObject({ activeThreads: 0, averageTokens: 0, maxTokens: 0 });
});
