import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Random } from '../../bin/local/sample/random.ts';
import { TOKEN_LIMIT } from '../support/job/assistant.ts';
import { startCleanupChild } from '../support/job/child.ts';
import type { Judge } from '../support/network/proxy.ts';
import type { RestartableServer } from '../support/postgres/restartable-server.ts';
import { MEDDLERS, type Meddler, meddleForAWhile, meddlerCounts } from './meddlers.ts';

const NO_STRIKES = {
  'processes killed': 0,
  'connections cut': 0,
  'sessions terminated': 0,
  'server crashes': 0,
  'disk full for a while': 0,
  'read-only for a while': 0,
  'rows locked for a while': 0,
  'tables rewritten': 0,
  'a child table for a while': 0,
  'serializable for a while': 0,
  'repeatable read for a while': 0,
};

/** What hit the jobs, by kind. */
export type StrikeCounts = typeof NO_STRIKES & Record<Meddler['name'], number>;
export const newStrikeCounts = (): StrikeCounts => ({ ...NO_STRIKES, ...meddlerCounts() });

export interface Target {
  readonly server: RestartableServer;
  /** A connection of its own for the strike. */
  readonly connected: <T>(use: (sql: Sql) => Promise<T>) => Promise<T>;
  readonly jobRole: string;
  readonly jobUrl: string;
}

type Strike = (target: Target, counts: StrikeCounts, chance: Random) => Promise<void>;

const terminateSessions: Strike = async ({ connected }, counts) => {
  const struck = await connected(
    (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'thread-cleanup'`,
  );
  counts['sessions terminated'] += struck.length;
};

const fillDisk: Strike = async ({ connected }, counts) => {
  await connected(async (sql) => {
    await sql`update "Fault" set code = '53100'`;
    await pause(300);
    await sql`update "Fault" set code = null`;
  });
  counts['disk full for a while'] += 1;
};

/** For sessions that begin meanwhile; those that are there are ended, before and after. */
async function setForAWhile({ connected, jobRole }: Target, setting: string, value: string, ms: number) {
  await connected(async (sql) => {
    const endSessions = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${jobRole}`.execute();
    await sql.unsafe(`alter role ${jobRole} set ${setting} = '${value}'`);
    await endSessions();
    await pause(ms);
    await sql.unsafe(`alter role ${jobRole} reset ${setting}`);
    await endSessions();
  });
}

const forbidWriting: Strike = async (target, counts) => {
  await setForAWhile(target, 'default_transaction_read_only', 'on', 500);
  counts['read-only for a while'] += 1;
};

const isolateAs =
  (level: 'serializable' | 'repeatable read'): Strike =>
  async (target, counts) => {
    await setForAWhile(target, 'default_transaction_isolation', level, 2_000);
    counts[`${level} for a while`] += 1;
  };

/** Every row gets another place, which another row had before. */
const rewrite: Strike = async ({ connected }, counts, chance) => {
  const statements = [
    'vacuum full "ClientView"',
    'cluster "ClientView" using "ClientView_pkey"',
    'vacuum full "ThreadCleanupLog"',
  ] as const;
  await connected(async (sql) => {
    for (let times = 0; times < 5; times += 1) await sql.unsafe(chance.pick(statements));
  });
  counts['tables rewritten'] += 1;
};

/** Its rows have the places of the contacts' table; a row of it that is cleared would lack in the ledger's balance. */
const addChild: Strike = async ({ connected }, counts) => {
  await connected((sql) =>
    meddleForAWhile(sql, {
      start: `
        create table "Child" () inherits ("ClientView");
        create trigger keep_ledger after insert or update or delete on "Child" for each row execute function keep_ledger();
        insert into "Child" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
        select 'child ' || n, now(), 'child_' || n, ${5 * TOKEN_LIMIT} from generate_series(1, 2000) n;`,
      // Deleted first, so that the ledger has them both coming and going.
      end: 'delete from "Child"; drop table "Child"',
    }),
  );
  counts['a child table for a while'] += 1;
};

const meddleWith =
  ({ name, ...change }: Meddler): Strike =>
  async ({ connected }, counts) => {
    await connected((sql) => meddleForAWhile(sql, change));
    counts[name] = (counts[name] ?? 0) + 1;
  };

const lockRows: Strike = async ({ connected }, counts, chance) => {
  const phone = chance.between(1, 9);
  await connected((sql) =>
    sql.unsafe(`select from "ClientView" where "phoneNumber" like '${phone}%' for update; select pg_sleep(1)`).simple(),
  );
  counts['rows locked for a while'] += 1;
};

const crash: Strike = async ({ server }, counts) => {
  await server.crashAndRestart();
  counts['server crashes'] += 1;
};

const STRIKES: readonly [Strike, ...Strike[]] = [
  crash,
  terminateSessions,
  terminateSessions,
  terminateSessions,
  fillDisk,
  forbidWriting,
  lockRows,
  lockRows,
  rewrite,
  rewrite,
  addChild,
  isolateAs('serializable'),
  isolateAs('repeatable read'),
  ...MEDDLERS.map(meddleWith),
];

/** Makes what the strikes need: a switch that makes writing to the audit table fail as on a full disk. */
export const installFaults = (sql: Sql) =>
  sql.unsafe(`
    create table "Fault" (code text);
    insert into "Fault" values (null);
    create function fault() returns trigger language plpgsql security definer as $$ begin
      if (select code from "Fault") is not null then raise exception 'refused' using errcode = (select code from "Fault"); end if;
      return new;
    end $$;
    create trigger fault before insert or update on "ThreadCleanupLog" for each row execute function fault()`);

/** One strike after another, each kind once and then at random, with time to recover in between. */
export async function strikeUntil(stopped: () => boolean, target: Target, counts: StrikeCounts, chance: Random) {
  const notYet = [...new Set(STRIKES)];
  while (!stopped()) {
    await pause(chance.between(500, 4_000));
    if (stopped()) return;
    const strike = notYet.shift() ?? chance.pick(STRIKES);
    // The strike before may have hit this one's own connection, or its server.
    await strike(target, counts, chance).catch(() => undefined);
  }
}

/** Runs a cleanup in a process of its own, over and over, and kills it at a random moment. */
export async function killUntil(stopped: () => boolean, { jobUrl }: Target, counts: StrikeCounts, chance: Random) {
  while (!stopped()) {
    const child = startCleanupChild(jobUrl, TOKEN_LIMIT, true);
    await child.begun;
    await pause(chance.between(0, 1_000));
    child.process.kill('SIGKILL');
    await child.ended;
    counts['processes killed'] += 1;
  }
}

/** Cuts a connection now and then, before or after a piece of what is said on it. */
export const cutNowAndThen =
  (counts: StrikeCounts, chance: Random): (() => Judge) =>
  () =>
  () => {
    if (chance.next() > 0.002) return 'pass';
    counts['connections cut'] += 1;
    return chance.pick(['cut', 'pass and cut']);
  };
