import { beforeEach, expect, test } from 'vitest';
import { remainingThreads } from '../../../lambda/job/remaining.ts';
import { CLEANUP_NEEDS, openClientView } from '../../../lambda/tables/client-view.ts';
import { createDatabase, emptyTables, insertDueContacts, TABLE_NAMES } from '../../support/postgres/database.ts';

const TOKEN_LIMIT = 1_000_000;
const BATCH = 2_000;
/** The first eleven batches are more keys than are kept. */
const NO_LONGER_KEPT = 11 * BATCH;

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
const view = await openClientView(job, TABLE_NAMES.clientViewName, CLEANUP_NEEDS);
beforeEach(() => emptyTables(database));

/** Puts so many threads over the limit into the table, phones from 1 on, and returns their places in batches. */
async function dueBatches(count: number): Promise<string[][]> {
  await insertDueContacts(database, count);
  const threads = await sql<{ place: string }[]>`
    select ctid::text as place from "ClientView" order by "phoneNumber"::int`;
  const places = threads.map(({ place }) => place);
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, index) =>
    places.slice(index * BATCH, (index + 1) * BATCH),
  );
}

const clear = (from: number, to: number) => sql`
  update "ClientView" set "threadId" = null, "threadTokenCount" = 0
   where "phoneNumber"::int between ${from}::int and ${to}::int`;

test('threads that are cleared after they were left over are not counted', async () => {
  const left = remainingThreads(job, view, TOKEN_LIMIT);
  const [batch = []] = await dueBatches(100);
  await clear(1, 5);
  expect(await left.add(batch)).toBe(95);
  await clear(6, 20);
  expect(await left.count()).toBe(80);
});

test('more leftovers than keys are kept are counted each once', async () => {
  const left = remainingThreads(job, view, TOKEN_LIMIT);
  for (const batch of await dueBatches(NO_LONGER_KEPT + 3_000)) await left.add(batch);
  expect(await left.count()).toBe(NO_LONGER_KEPT + 3_000);
});

test('of more leftovers than keys are kept, only those that are kept are looked at once more', async () => {
  const left = remainingThreads(job, view, TOKEN_LIMIT);
  for (const batch of await dueBatches(NO_LONGER_KEPT + 1_000)) await left.add(batch);
  await clear(1, 300);
  await clear(NO_LONGER_KEPT + 1, NO_LONGER_KEPT + 400);
  expect(await left.count()).toBe(NO_LONGER_KEPT + 600);
});
