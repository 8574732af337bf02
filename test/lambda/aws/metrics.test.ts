import { expect, test, vi } from 'vitest';
import { writeMetrics } from '../../../lambda/aws/metrics.ts';
import { threadFigures } from '../../../lambda/model/figures.ts';
import { METRIC_NAMESPACE, METRICS } from '../../../lambda/model/metric-names.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import { totalsOf } from '../../support/job/totals.ts';

const BANDS = [
  { threads: 4, tokens: 40 },
  { threads: 3, tokens: 150 },
  { threads: 2, tokens: 160 },
  { threads: 1, tokens: 120 },
];
const FIGURES = threadFigures(totalsOf(BANDS, 9, 120));
const RESULT: CleanupResult = {
  mode: 'cleanup',
  startedAt: '2026-01-02T03:00:00.000Z',
  tokenLimit: 100,
  tokenLimitFrom: 'deployment',
  requestId: 'request-1',
  cleanedCount: 1,
  totalTokensCleared: 120,
  auditIds: [1],
  auditCount: 1,
  nearLimitCount: 2,
  activeCount: 0,
  remainingCount: 0,
  complete: true,
  warnings: [],
  durationMs: 34,
};

/** The line that CloudWatch turns into metrics. */
function written(result: Partial<CleanupResult>, scheduled: boolean) {
  const lines: string[] = [];
  const log = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  writeMetrics(FIGURES, { ...RESULT, ...result }, scheduled);
  log.mockRestore();
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

test('a scheduled cleanup writes every figure, with one dimension, the service', () => {
  const { _aws, ...values } = written({}, true);
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  expect(Namespace).toBe(METRIC_NAMESPACE);
  expect(Dimensions).toEqual([['service']]);
  expect(Metrics).toEqual(Object.entries(METRICS).map(([Name, Unit]) => ({ Name, Unit })));
  expect(values).toMatchObject({
    ThreadsCleared: 1,
    TokensCleared: 120,
    ActiveThreads: 10,
    TotalTokens: 470,
    NormalThreads: 4,
    CautionThreads: 3,
    NearLimitThreads: 2,
    OverLimitThreads: 1,
    RemainingThreads: 0,
    LargestThread: 120,
    CleanupDuration: 34,
    CleanupCompleted: 1,
    CleanupPaused: 0,
  });
});

test('only a scheduled cleanup that reached the end counts as completed', () => {
  expect(written({}, false)).not.toHaveProperty('CleanupCompleted');
  expect(written({ complete: false }, true)).not.toHaveProperty('CleanupCompleted');
});

test('what time did not suffice for is not counted as remaining: a continuation takes it', () => {
  expect(written({ complete: false, remainingCount: 5 }, true)).not.toHaveProperty('RemainingThreads');
});

test('a paused cleanup says so, and leaves the alarm on what remained alone', () => {
  const values = written({ paused: true, remainingCount: 5 }, true);
  expect(values).toMatchObject({ CleanupPaused: 1, CleanupCompleted: 1 });
  expect(values).not.toHaveProperty('RemainingThreads');
});
