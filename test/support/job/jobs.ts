import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Random } from '../../../bin/local/sample/random.ts';
import type { Database } from '../../../lambda/database/database.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import { TOKEN_LIMIT } from './assistant.ts';
import { cleanUpInParts } from './cleanup-in-parts.ts';
import { noteErased } from './ledger.ts';
import { cleanUpOn, connected, eraseOn, restoreOn } from './run.ts';

/** Cleanups, restores and erasures that run again and again, and what they said about themselves. */
export interface Jobs {
  readonly runs: readonly CleanupResult[];
  /** Runs that took more than one invocation. */
  readonly continued: { readonly runs: number; readonly invocations: number };
  readonly restores: {
    readonly count: number;
    readonly restored: number;
    readonly skipped: number;
    readonly restoredBefore: number;
  };
  readonly erasures: { readonly count: number; readonly rows: number };
  /** Runs that failed, by their error's name. */
  readonly failures: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export interface JobsOptions {
  /** How many cleanups run side by side. */
  readonly cleanups: number;
  /** Minutes without activity after which they clear a thread. @default 0 */
  readonly quietMinutes?: number;
  /** Where the jobs connect; asked before each connection. */
  readonly jobUrl: () => string;
  /** Looks for what to restore and erase, and keeps receipts for the ledger; asked before each look. */
  readonly sql: () => Sql;
  readonly random: Random;
}

/** Runs on one connection, before the next one is opened. */
const RUNS_PER_CONNECTION = 20;
/** The share of the cleanups that have little time, and are continued. */
const IN_PARTS = 0.3;
/** Before another try after one that failed or found nothing: a server that is down would be asked without pause. */
const BREATH_MS = 20;
/** Between two erasures: one contact in ten may be erased, and most of them shall still be in the audit. */
const ERASURE_BREATH_MS = 50;

/** Runs `cleanups` cleanups, one restore and one erasure side by side, over and over. */
export function startJobs({ cleanups, quietMinutes = 0, jobUrl, sql, random }: JobsOptions): Jobs {
  const runs: CleanupResult[] = [];
  const continued = { runs: 0, invocations: 0 };
  const restores = { count: 0, restored: 0, skipped: 0, restoredBefore: 0 };
  const erasures = { count: 0, rows: 0 };
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
    const options = { tokenLimit: TOKEN_LIMIT, quietMinutes };
    if (random.next() > IN_PARTS) {
      runs.push(await cleanUpOn(database, options));
      return;
    }
    const { result, parts } = await cleanUpInParts(database, options, random);
    runs.push(result);
    if (parts === 1) return;
    continued.runs += 1;
    continued.invocations += parts;
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
  const eraseSomebody = async (database: Database) => {
    await pause(ERASURE_BREATH_MS);
    const phone = String(random.between(0, 99) * 10);
    const isNoted = await noteErased(sql(), phone).catch(() => false);
    if (!isNoted) return;
    const { erasedRows, threadIds } = await eraseOn(database, phone);
    erasures.count += 1;
    erasures.rows += erasedRows;
    // The ledger must have it, whatever happens to the server meanwhile.
    for (let kept = false; !kept; ) {
      kept = await noteErased(sql(), phone, threadIds).catch(() => false);
      if (!kept) await pause(BREATH_MS);
    }
  };
  const tasks = Promise.all([
    ...Array.from({ length: cleanups }, () => repeat(clean)),
    repeat(restoreSomething),
    repeat(eraseSomebody),
  ]);
  return {
    runs,
    continued,
    restores,
    erasures,
    failures,
    stop: async () => {
      stopped = true;
      await tasks;
    },
  };
}

/** An audit row, a whole run or one contact: mostly one of the last, whose contacts are vacant still, now and then one of the first. */
async function chooseTarget(sql: Sql, random: Random) {
  const age = random.next() ** 3;
  const rows = await sql<{ id: number; requestId: string; phone: string | null }[]>`
    select id::float8, details ->> 'requestId' as "requestId", details #>> '{threads,0,phone}' as phone from "ThreadCleanupLog"
     order by id desc offset floor(${age}::float8 * (select count(*) from "ThreadCleanupLog")) limit 1`.catch(() => []);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.phone !== null && random.next() < 0.4) return { phone: row.phone };
  return random.next() < 0.5 ? { auditId: row.id } : { requestId: row.requestId };
}
