import { randomUUID } from 'node:crypto';
import { listCleanups } from '../../../lambda/job/audit-lists.ts';
import { restore } from '../../../lambda/job/restore.ts';
import type { RestoreTarget } from '../../../lambda/model/results.ts';
import { restoreSummary } from '../../../lambda/texts/summary.ts';
import { drawRestorable } from '../output/audit-report.ts';
import { drawSummary } from '../output/report.ts';
import { pageOf, print, printJson, type Session } from './session.ts';

/** Runs that are listed to choose from. */
const MAX_RUNS = 10;

/** Restores threads, or lists what there is to choose from. */
export async function runRestore(target: RestoreTarget | undefined, json: boolean, session: Session): Promise<void> {
  const { database, settings, texts } = session;
  if (target === undefined) {
    const recentCleanups = await listCleanups(database, settings, MAX_RUNS);
    if (json) printJson({ recentCleanups });
    else print(drawRestorable(recentCleanups, pageOf(session)));
    return;
  }
  const result = await restore(database, settings, target, randomUUID());
  const summary = restoreSummary(result, texts.job);
  if (json) printJson({ ...result, summary });
  else print(drawSummary(texts.restore, summary, pageOf(session)));
}
