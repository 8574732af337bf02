import { describe, expect, test } from 'vitest';
import { localTime } from '../../bin/local/local-time.ts';
import { cleanupProgress, progressText } from '../../bin/local/progress.ts';
import { en } from '../../bin/local/texts/en.ts';
import { threadFigures } from '../../lambda/check.ts';

describe('The progress', () => {
  test('tells how far a cleanup is and when it will be done', () => {
    const text = (cleanedCount: number, seconds: number) => {
      const progress = { cleanedCount, totalTokensCleared: 3_000_000, expectedCount: 10_000, durationMs: 1e9 };
      return progressText(progress, 1, seconds * 1000, en);
    };
    expect(text(2_000, 0.5)).toBe('2,000 of 10,000 threads, 1 batch, 3M tokens, 4,000/s, 2 s left');
    expect(text(2_000, 60)).toContain(', 33/s, 4 min left');
    expect(text(2_000, 3_600)).toContain(', 4 h left');
    expect(text(0, 3)).toBe('0 of 10,000 threads, 1 batch, 3M tokens, 0/s');
    expect(text(12_000, 3)).toContain(', 0 s left');
  });

  test('counts batches and, for the rate, only the time since the opening count', async () => {
    const shown: string[] = [];
    const progress = cleanupProgress({ show: (text) => shown.push(text), wipe: () => undefined }, en);
    await new Promise((resolve) => setTimeout(resolve, 300));
    progress.onFigures(threadFigures([]));
    progress.onBatch({ cleanedCount: 100, totalTokensCleared: 1, expectedCount: 200, durationMs: 1_000 });
    progress.onBatch({ cleanedCount: 150, totalTokensCleared: 1, expectedCount: 200, durationMs: 1_000 });
    expect(shown).toHaveLength(1);
    expect(Number(/([\d,]+)\/s/.exec(shown[0] ?? '')?.[1]?.replaceAll(',', ''))).toBeGreaterThan(2_000);
    await new Promise((resolve) => setTimeout(resolve, 210));
    progress.onBatch({ cleanedCount: 200, totalTokensCleared: 1, expectedCount: 200, durationMs: 1_000 });
    expect(shown[1]).toContain('200 of 200 threads, 3 batches');
  });
});

describe('A time', () => {
  test('is shown in the zone that is wanted, and a dash where the old script left none', () => {
    expect(localTime('2026-01-02T03:00:00.123Z', 'America/Bogota')).toBe('2026-01-01 22:00:00');
    expect(localTime('2026-07-02T23:30:00Z', 'Europe/Madrid')).toBe('2026-07-03 01:30:00');
    expect(localTime(null, 'UTC')).toBe('–');
  });
});
