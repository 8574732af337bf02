import type { Database } from '../database/database.ts';
import { type ClientView, type DueThread, selectStillOverLimit } from '../tables/client-view.ts';

/** Threads that were due and not cleared: locked, moved, changed since their export, or no longer due. */
export interface RemainingThreads {
  add(batch: readonly DueThread[]): Promise<void>;
  /** Those that are still over the limit when looked at once more by key. */
  count(): Promise<number>;
}

/** Keys kept for the last look; beyond that the first look has to do, so that memory stays bounded (invariant 6). */
const MAX_KEYS_KEPT = 20_000;

/**
 * Begins with none. Every look is one statement, which fails as `Database.run` does.
 *
 * @param tokenLimit tokens at which a thread counts as over the limit
 */
export function remainingThreads(database: Database, view: ClientView, tokenLimit: number): RemainingThreads {
  let phones: string[] = [];
  let lookedAt = 0;
  const stillOver = async (candidates: readonly string[]) => {
    const rows = await database.run((sql) => selectStillOverLimit(sql, view, candidates, tokenLimit));
    return rows.map(({ phone }) => phone);
  };
  return {
    async add(batch) {
      phones.push(...(await stillOver(batch.map(({ phone }) => phone))));
      if (phones.length <= MAX_KEYS_KEPT) return;
      lookedAt += phones.length;
      phones = [];
    },
    async count() {
      return lookedAt + (phones.length === 0 ? 0 : (await stillOver(phones)).length);
    },
  };
}
