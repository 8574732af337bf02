import type { CleanupOptions } from '../../../lambda/job/cleanup.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import { cleanUpAt } from '../../support/job/run.ts';
import { TOKEN_LIMIT } from './contacts.ts';

/** A cleanup from connection to close, that must clear as many threads as there are. */
export async function cleanUpAll(
  url: string,
  threads: number,
  options: Partial<CleanupOptions> = {},
): Promise<CleanupResult> {
  const result = await cleanUpAt(url, { tokenLimit: TOKEN_LIMIT, ...options });
  expectCount(result.cleanedCount, threads);
  return result;
}

/** A side of a comparison that did less, or more, than the other one was not measured. */
export function expectCount(cleared: number, threads: number): void {
  if (cleared !== threads) throw new Error(`Cleared were ${cleared} threads, expected ${threads}.`);
}
