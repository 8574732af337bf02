// What an index on the token column gives and takes: node test/bench/token-index.ts
import type { Sql } from 'postgres';
import { startBenchServer } from './support/bench-server.ts';
import { cleanUpAll } from './support/cleanup.ts';
import { dueCount } from './support/contacts.ts';
import { compare, timed } from './support/spread.ts';
import { figure, spreadText } from './support/words.ts';

const ROUNDS = 5;
const CONTACTS = { count: 1_000_000, dueEvery: 100 };
/** Low enough for every limit and for what is near it. */
const INDEX =
  'create index "ClientView_due_idx" on "ClientView" ("threadTokenCount") where "threadTokenCount" >= 800000';
/** A tenth of all contacts is written to. */
const WRITERS = 100_000;
const WRITES = 40_000;

const server = await startBenchServer();

const cleanup = async (index: boolean) => {
  const { url, sql } = await server.fresh(CONTACTS);
  if (index) await sql.unsafe(INDEX);
  await sql`checkpoint`;
  return timed(() => cleanUpAll(url, dueCount(CONTACTS)));
};

interface Writing {
  readonly ms: number;
  readonly walBytes: number;
  readonly hotPerCent: number;
  readonly indexMb: number;
}

/** The assistant adds tokens to one contact after another, on one connection. */
const writing = async (index: boolean): Promise<Writing> => {
  const { sql } = await server.fresh({ ...CONTACTS, count: WRITERS });
  if (index) await sql.unsafe(INDEX);
  // Room on every page, as in any table that has been written to for a while.
  await sql`update "ClientView" set "lastActivity" = now()`;
  await sql`vacuum "ClientView"`;
  await sql`checkpoint`;
  const phones = await sql<{ phone: string }[]>`
    select "phoneNumber" as phone from "ClientView" order by hashtext("phoneNumber") limit ${WRITES}`;
  const before = await counters(sql);
  const ms = await timed(async () => {
    for (const { phone } of phones) {
      await sql`update "ClientView" set "threadTokenCount" = coalesce("threadTokenCount", 0) + 900
                 where "phoneNumber" = ${phone}`;
    }
  });
  const after = await counters(sql);
  return {
    ms,
    walBytes: (after.wal - before.wal) / WRITES,
    hotPerCent: (100 * (after.hot - before.hot)) / WRITES,
    indexMb: after.indexMb - before.indexMb,
  };
};

async function counters(sql: Sql) {
  await sql`select pg_stat_clear_snapshot()`;
  await sql`select pg_sleep(1.5)`;
  const [row] = await sql<{ wal: number; hot: number; indexMb: number }[]>`
    select (pg_current_wal_lsn() - '0/0')::float8 as wal, n_tup_hot_upd::float8 as hot,
           pg_indexes_size(relid)::float8 / 1024 / 1024 as "indexMb"
      from pg_stat_user_tables where relname = 'ClientView'`;
  if (row === undefined) throw new Error('There are no figures about the table.');
  return row;
}

try {
  await cleanup(false);
  const nights = await compare(
    ROUNDS,
    () => cleanup(true),
    () => cleanup(false),
  );
  console.log(
    `Cleanup of 1 % of 1,000,000, with the index: ${spreadText(nights.ratio, 'times')}; ` +
      `${figure(nights.ours.median)} ms, without ${figure(nights.other.median)} ms`,
  );
  const last = new Map<boolean, Writing>();
  const side = (index: boolean) => async () => {
    const result = await writing(index);
    last.set(index, result);
    return result.ms;
  };
  const days = await compare(ROUNDS, side(true), side(false));
  console.log(`An assistant's write, with the index: ${spreadText(days.ratio, 'times')} as long`);
  for (const [index, { ms, walBytes, hotPerCent, indexMb }] of last) {
    console.log(
      `  ${index ? 'with' : 'without'} the index: ${figure((1_000 * ms) / WRITES)} µs and ${figure(walBytes)} bytes of log a write, ` +
        `${figure(hotPerCent)} % HOT, indexes grew by ${figure(indexMb)} MB`,
    );
  }
} finally {
  await server.stop();
}
