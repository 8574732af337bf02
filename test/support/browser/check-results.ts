import { bandOf, percentOf } from '../../../lambda/model/bands.ts';
import { threadFigures } from '../../../lambda/model/figures.ts';
import type { CheckResult, TopThread } from '../../../lambda/model/results.ts';
import { totalsOf } from '../job/totals.ts';

export const TOKEN_LIMIT = 1_000_000;

/** A thread with so many tokens, as a check with `TOKEN_LIMIT` lists it. */
export function topThread(tokens: number, name = 'Ana', phone = '573001234567'): TopThread {
  return {
    phone,
    name,
    threadId: 'conv_1',
    tokens,
    percent: percentOf(tokens, TOKEN_LIMIT),
    band: bandOf(tokens, TOKEN_LIMIT),
  };
}

const BANDS = [
  { threads: 6, tokens: 1_234_567 },
  { threads: 3, tokens: 1_800_000 },
  { threads: 2, tokens: 1_700_000 },
  { threads: 1, tokens: 2_500_000 },
];

/** A check with 6, 3, 2 and 1 threads in the bands. */
export function checkResult(changes: Partial<CheckResult> = {}): CheckResult {
  return {
    mode: 'check',
    startedAt: '2025-08-29T08:00:00.000Z',
    tokenLimit: TOKEN_LIMIT,
    tokenLimitFrom: 'deployment',
    forecast: { next: 'clears', threads: 1 },
    ...threadFigures(totalsOf(BANDS, 8, 2_500_000)),
    topThreads: [topThread(2_500_000), topThread(900_000, 'Beto', '573007654321')],
    recentCleanups: [
      {
        id: 7,
        firstId: 7,
        requestId: 'run-1',
        executionTime: '2025-08-29T08:00:05.000Z',
        cleanedCount: 12,
        totalTokensCleared: 14_203_993,
        auditCount: 1,
        restoredCount: 0,
        restoredAt: null,
      },
    ],
    warnings: [],
    ...changes,
  };
}
