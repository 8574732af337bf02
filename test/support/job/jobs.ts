import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Random } from '../../../bin/local/sample/random.ts';
import type { Database } from '../../../lambda/database/database.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import { TOKEN_LIMIT } from './assistant.ts';
import { cleanUpOn, connected, restoreOn } from './run.ts';

/** Cleanups and restores that run again and again, and what they said about themselves. */
export interface Jobs {
  readonly runs: readonly CleanupResult[];
  readonly restores: {
    readonly count: number;
    readonly restored: number;
    readonly skipped: number;
    readonly restoredBefore: number;
  };
  /** Runs that failed, by their error's name. */
  readonly failures: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export interface JobsOptions {
  /** How many cleanups run side by side. */
  readonly cleanups: number;
  /** Where the jobs connect; asked before each connection. */
  readonly jobUrl: () => string;
  /** Looks for audit rows to restore; asked before each look. */
  readonly sql: () => Sql;
  readonly random: Random;
}

/** Runs on one connection, before the next one is opened. */
const RUNS_PER_CONNECTION = 20;
/** Before another try after one that failed or found nothing: a server that is down would be asked without pause. */
const BREATH_MS = 20;

/** Runs `cleanups` cleanups and one restore side by side, over and over. */
export function startJobs({ cleanups, jobUrl, sql, random }: JobsOptions): Jobs {
  const runs: CleanupResult[] = [];
  const restores = { count: 0, restored: 0, skipped: 0, restoredBefore: 0 };
  const failures = new Map<string, number>();
  let stopped = false;

  const repeat = async (work: (database: Database) => Promise<void>) => {
    while (!stopped) {
      try {
        await connected(jobUrl(), {}, async (database) => {
          for (let run = 0; run < RUNS_PER_CONNECTION && !stopped; run += 1) await work(database);
        });
      } catch (error) {
        if (!(error instanceof JobError)) throw error;
        failures.set(error.name, (failures.get(error.name) ?? 0) + 1);
        await pause(BREATH_MS);
      }
    }
  };
  const clean = async (database: Database) => {
    runs.push(await cleanUpOn(database, { tokenLimit: TOKEN_LIMIT }));
  };
  const restoreSomething = async (database: Database) => {
    const target = await chooseTarget(sql(), random);
    if (target === undefined) {
      await pause(BREATH_MS);
      return;
    }
    const { restoredCount, skippedCount, alreadyRestoredCount } = await restoreOn(database, target);
    restores.count += 1;
    restores.restored += restoredCount;
    restores.skipped += skippedCount;
    restores.restoredBefore += alreadyRestoredCount;
  };
  const tasks = Promise.all([...Array.from({ length: cleanups }, () => repeat(clean)), repeat(restoreSomething)]);
  return {
    runs,
    restores,
    failures,
    stop: async () => {
      stopped = true;
      await tasks;
    },
  };
}

/** An audit row or a whole run: mostly one of the last, whose contacts are vacant still, now and then one of the first. */
async function chooseTarget(sql: Sql, random: Random) {
  const age = random.next() ** 3;
  const rows = await sql<{ id: number; requestId: string }[]>`
    select id::float8, details ->> 'requestId' as "requestId" from "ThreadCleanupLog"
     order by id desc offset floor(${age}::float8 * (select count(*) from "ThreadCleanupLog")) limit 1`.catch(() => []);
  const [row] = rows;
  if (row === undefined) return undefined;
  return random.next() < 0.5 ? { auditId: row.id } : { requestId: row.requestId };
}
