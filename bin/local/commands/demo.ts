import { randomUUID } from 'node:crypto';
import { restore } from '../../../lambda/job/restore.ts';
import { drawState } from '../output/report.ts';
import { drawRestoreResult } from '../output/result.ts';
import { clear, showCleanup } from './cleanup.ts';
import { connected, pageOf, print, printJson, runCheck, type Session } from './session.ts';

/** Cleans up the sample contacts and restores what it cleared; as JSON, the result of the cleanup alone. */
export async function runDemo(force: boolean, json: boolean, session: Session): Promise<void> {
  const clearing = { force, exportFolder: undefined };
  await connected(session, async (database) => {
    if (json) {
      printJson(await clear(database, clearing, session));
      return;
    }
    print(drawState(session.texts.before, await runCheck(database, session), pageOf(session)));
    // The database is gone when the program ends, and no command could restore anything.
    const { cleanedCount, requestId } = await showCleanup(database, clearing, session, () => undefined);
    if (cleanedCount === 0) return;
    const startedAt = performance.now();
    const result = await restore(database, session.settings, { requestId }, randomUUID());
    print(drawRestoreResult(result, performance.now() - startedAt, pageOf(session)));
  });
}
