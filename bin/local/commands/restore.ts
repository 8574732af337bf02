import { randomUUID } from 'node:crypto';
import { type RestoreTarget, restore } from '../../../lambda/job/restore.ts';
import {
  CHECK_LOG_NEEDS,
  openCleanupLog,
  type RecentCleanup,
  selectRecentCleanups,
} from '../../../lambda/tables/audit-table.ts';
import { drawRestorable } from '../output/audit-report.ts';
import { drawSummary } from '../output/report.ts';
import { type Job, pageOf, print, printJson } from './session.ts';

/** Runs that are listed to choose from. */
const MOST_RUNS = 10;

/** Puts threads back, or lists what there is to choose from. */
export async function runRestore(target: RestoreTarget | undefined, json: boolean, job: Job): Promise<void> {
  if (target === undefined) {
    const recentCleanups = await listRuns(job);
    if (json) printJson({ recentCleanups });
    else print(drawRestorable(recentCleanups, pageOf(job)));
    return;
  }
  const result = await restore(job.database, job.names, target, randomUUID(), job.texts.job);
  if (json) printJson(result);
  else print(drawSummary(job.texts.restore, result.summary, pageOf(job)));
}

async function listRuns({ database, names }: Job): Promise<readonly RecentCleanup[]> {
  const log = await openCleanupLog(database, names.auditTableName, names.defaultSchema, CHECK_LOG_NEEDS);
  if (log === undefined) return [];
  const [list] = await database.run((sql) => selectRecentCleanups(sql, log, MOST_RUNS));
  return list?.runs ?? [];
}
