import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import { bandOf, percentOf } from '../model/bands.ts';
import type { TopThread } from '../model/results.ts';
import { CHECK_NEEDS, openClientView, selectNearLimit } from '../tables/client-view.ts';

/**
 * Lists every thread that is over the limit or near it, the largest first, in one statement and in bounded memory. Needs no
 * more than SELECT.
 *
 * @param tokenLimit tokens at which a cleanup would clear a thread
 * @param take told some of them at a time, and waited for
 * @throws JobError as a check does, also for what `take` throws
 */
export async function listNearLimit(
  database: Database,
  names: TableNames,
  tokenLimit: number,
  take: (threads: readonly TopThread[]) => Promise<void>,
): Promise<void> {
  const view = await openClientView(database, names.clientViewName, CHECK_NEEDS);
  await database.stream(
    (sql) => selectNearLimit(sql, view, tokenLimit),
    (threads) =>
      take(
        threads.map((thread) => ({
          ...thread,
          percent: percentOf(thread.tokens, tokenLimit),
          band: bandOf(thread.tokens, tokenLimit),
        })),
      ),
  );
}
