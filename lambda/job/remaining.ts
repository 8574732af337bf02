import type { Database } from '../database/database.ts';
import { type ClientView, selectDueAt, selectStillDue } from '../tables/client-view.ts';

/** Threads that were due and not cleared: locked, refused, or changed since their export. */
export interface RemainingThreads {
  /**
   * Looks at a batch that was not cleared to the last row.
   *
   * @returns how many of its rows are still there and due; the others have moved or gone, or were cleared
   */
  add(places: readonly string[]): Promise<number>;
  /** Those that are still due when looked at once more by key. */
  count(): Promise<number>;
}

/** Keys kept for the last look; beyond that the first look has to do, so that memory stays bounded (invariant 6). */
const MAX_KEYS_KEPT = 20_000;

/**
 * Begins with none. Every look is one statement, which fails as `Database.run` does.
 *
 * @param tokenLimit tokens at which a thread is cleared
 */
export function remainingThreads(database: Database, view: ClientView, tokenLimit: number): RemainingThreads {
  let phones: string[] = [];
  let lookedAt = 0;
  return {
    async add(places) {
      const found = await database.run((sql) => selectDueAt(sql, view, places, tokenLimit));
      phones.push(...found.map(({ phone }) => phone));
      if (phones.length > MAX_KEYS_KEPT) {
        lookedAt += phones.length;
        phones = [];
      }
      return found.length;
    },
    async count() {
      if (phones.length === 0) return lookedAt;
      const found = await database.run((sql) => selectStillDue(sql, view, phones, tokenLimit));
      return lookedAt + found.length;
    },
  };
}
