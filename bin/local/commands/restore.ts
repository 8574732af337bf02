import { randomUUID } from 'node:crypto';
import { restore } from '../../../lambda/job/restore.ts';
import type { RecentCleanup, RestoreTarget } from '../../../lambda/model/results.ts';
import { CHECK_AUDIT_NEEDS, openAuditTable, selectRecentCleanups } from '../../../lambda/tables/audit-table.ts';
import { restoreSummary } from '../../../lambda/texts/summary.ts';
import { drawRestorable } from '../output/audit-report.ts';
import { drawSummary } from '../output/report.ts';
import { pageOf, print, printJson, type Session } from './session.ts';

/** Runs that are listed to choose from. */
const MAX_RUNS = 10;

/** Restores threads, or lists what there is to choose from. */
export async function runRestore(target: RestoreTarget | undefined, json: boolean, session: Session): Promise<void> {
  if (target === undefined) {
    const recentCleanups = await listRuns(session);
    if (json) printJson({ recentCleanups });
    else print(drawRestorable(recentCleanups, pageOf(session)));
    return;
  }
  const { database, settings, texts } = session;
  const result = await restore(database, settings, target, randomUUID());
  const summary = restoreSummary(result, texts.job);
  if (json) printJson({ ...result, summary });
  else print(drawSummary(texts.restore, summary, pageOf(session)));
}

async function listRuns({ database, settings }: Session): Promise<readonly RecentCleanup[]> {
  const audit = await openAuditTable(database, settings.auditTableName, CHECK_AUDIT_NEEDS);
  if (audit === undefined) return [];
  const [list] = await database.run((sql) => selectRecentCleanups(sql, audit, MAX_RUNS));
  return list?.runs ?? [];
}
