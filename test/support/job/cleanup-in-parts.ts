import type { Random } from '../../../bin/local/sample/random.ts';
import type { Database } from '../../../lambda/database/database.ts';
import type { CleanupOptions } from '../../../lambda/job/cleanup.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import { cleanUpOn } from './run.ts';

/** More than any run of these tests takes: one that goes on for ever ends as an error. */
const MAX_PARTS = 5_000;

/**
 * A run in as many invocations as it takes: the first one has time to count, each further one for a few batches and single
 * pages. One in ten is delivered twice, as EventBridge may do.
 *
 * @returns the last result, and how many invocations the run took
 */
export async function cleanUpInParts(
  database: Database,
  options: Partial<CleanupOptions>,
  random: Random,
): Promise<{ readonly result: CleanupResult; readonly parts: number }> {
  const invoke = (next?: CleanupOptions['next']) => {
    let looks = next === undefined ? 0 : random.between(2, 6);
    return cleanUpOn(database, {
      ...options,
      next,
      pagesPerRead: 1,
      remainingTimeMs: () => (looks-- > 0 ? 60_000 : 29_000),
    });
  };
  let result = await invoke();
  for (let parts = 1; ; parts += 1) {
    const next = result.next?.next;
    if (next === undefined) return { result, parts };
    if (parts >= MAX_PARTS) throw new Error(`The run did not end within ${MAX_PARTS} invocations.`);
    if (random.next() < 0.1) await invoke(next);
    result = await invoke(next);
  }
}
