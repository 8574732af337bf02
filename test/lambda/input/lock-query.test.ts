import { expect, test, vi } from 'vitest';
import { lockQuery, parseTableName } from '../../../lambda/input/values.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createDatabase, insertContacts } from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;

async function lockers(table: string): Promise<number[]> {
  const name = parseTableName(table);
  if (name === undefined) throw new Error(`${table} is no name of a table.`);
  const rows = await sql.unsafe<{ pid: number }[]>(lockQuery(name));
  return rows.map(({ pid }) => pid);
}

test.each(['ClientView', 'public.ClientView'])(
  'finds who holds a row of %s locked, and nobody who only reads',
  async (table) => {
    await insertContacts(database, [{ phone: table, tokens: 1 }]);
    const [writer, reader] = [await sql.reserve(), await sql.reserve()];
    try {
      await reader`begin`;
      await reader`select from "ClientView"`;
      await writer`begin`;
      await writer`select from "ClientView" for update`;
      const [session] = await writer<{ pid: number }[]>`select pg_backend_pid() as pid`;
      expect(await lockers(table)).toEqual([session?.pid]);
      await writer`rollback`;
      expect(await lockers(table)).toEqual([]);
    } finally {
      await Promise.all([writer`rollback`, reader`rollback`]);
      writer.release();
      reader.release();
    }
  },
);

test('finds who holds the table itself locked, whatever it is called', async () => {
  const name = `o'clock "5"`;
  await sql`create table ${sql(name)} (id int)`;
  const migration = await sql.reserve();
  await migration`begin`;
  await migration`lock table ${sql(name)}`;
  expect(await lockers(`"${name.replaceAll('"', '""')}"`)).toHaveLength(1);
  await migration`rollback`;
  migration.release();
});

test('names how old a transaction is, the oldest first, and not who only waits for a lock', async () => {
  const [older, younger, waiting] = [await sql.reserve(), await sql.reserve(), await sql.reserve()];
  try {
    for (const session of [older, younger]) {
      await session`begin`;
      await session`lock table "ClientView" in row exclusive mode`;
    }
    await waiting`begin`;
    const waits = waiting`lock table "ClientView"`;
    waits.catch(() => undefined);
    await vi.waitUntil(async () => {
      const [{ count }] = await sql<[{ count: number }]>`select count(*)::int from pg_locks where not granted`;
      return count === 1;
    }, PATIENCE);
    const pids = [];
    for (const session of [older, younger]) {
      pids.push((await session<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid);
    }
    expect(await lockers('ClientView')).toEqual(pids);
  } finally {
    await Promise.all([older`rollback`, younger`rollback`]);
    await waiting`rollback`;
    for (const session of [older, younger, waiting]) session.release();
  }
});
