import { randomUUID } from 'node:crypto';
import type { Database } from '../../../lambda/database/database.ts';
import { findRun, listCleanups } from '../../../lambda/job/audit-lists.ts';
import { restore } from '../../../lambda/job/restore.ts';
import type { RestoreTarget } from '../../../lambda/model/results.ts';
import { restoreSummary } from '../../../lambda/texts/summary.ts';
import type { TerminalTarget } from '../command-line.ts';
import { drawRestoreNotes, drawRestoreResult } from '../output/result.ts';
import { drawRestorable } from '../output/runs.ts';
import { connected, pageOf, print, printJson, type Session } from './session.ts';

/** Runs that are listed to choose from. */
const MAX_RUNS = 10;

/** Restores threads, or lists what there is to choose from. */
export async function runRestore(target: TerminalTarget | undefined, json: boolean, session: Session): Promise<void> {
  await connected(session, (database) =>
    target === undefined ? list(database, json, session) : restoreThreads(database, target, json, session),
  );
}

async function list(database: Database, json: boolean, session: Session): Promise<void> {
  const recentCleanups = await listCleanups(database, session.settings, MAX_RUNS);
  if (json) printJson({ recentCleanups });
  else print(drawRestorable(recentCleanups, pageOf(session)));
}

async function restoreThreads(database: Database, target: TerminalTarget, json: boolean, session: Session) {
  const { settings, texts } = session;
  const startedAt = performance.now();
  const result = await restore(database, settings, await runOf(database, target, session), randomUUID());
  if (json) printJson({ ...result, summary: restoreSummary(result, texts.job) });
  else {
    const page = pageOf(session);
    print(drawRestoreNotes(result, page) + drawRestoreResult(result, performance.now() - startedAt, page));
  }
}

async function runOf(database: Database, target: TerminalTarget, { settings }: Session): Promise<RestoreTarget> {
  return 'first' in target ? { requestId: await findRun(database, settings, target) } : target;
}
