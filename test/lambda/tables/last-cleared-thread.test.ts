import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { cleanUpOn, eraseOn, restoreOn } from '../../support/job/run.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createAuditTable, createDatabase, insertContacts } from '../../support/postgres/database.ts';

const DOCUMENTATION = readFileSync(new URL('../../../docs/database.md', import.meta.url), 'utf8');
/** The statement of the documentation that begins so. */
const documented = (beginning: string) => {
  const from = DOCUMENTATION.indexOf(beginning);
  const end = DOCUMENTATION.slice(from).search(/;\n(```|\n)/);
  return DOCUMENTATION.slice(from, from + end);
};

const database = await createDatabase();
const { sql } = database;
const job = await database.open();

test('the documented function finds the last cleared thread of a contact, and the documented index serves it and the job', async () => {
  await createAuditTable(database);
  await sql.unsafe(documented('CREATE FUNCTION last_cleared_thread'));
  const lastOf = async (phone: string) => [
    ...(await sql`select thread_id, tokens::int from last_cleared_thread(${phone})`),
  ];
  await insertContacts(database, [
    { phone: '+57 1', tokens: 1_000_001, threadId: 'A' },
    { phone: '2', tokens: 1_000_002, threadId: 'B' },
  ]);
  await cleanUpOn(job);
  await sql`update "ClientView" set "threadId" = 'C', "threadTokenCount" = 1000003 where "phoneNumber" = '+57 1'`;
  await cleanUpOn(job);
  const uses = async () => {
    // Up to 14, a session tells what it used with a later statement.
    await job.run((use) => use`select 1 as one`);
    await sql`select pg_stat_clear_snapshot()`;
    return (
      await sql`select idx_scan::int as n from pg_stat_user_indexes where indexrelname = 'ThreadCleanupLog_phones_idx'`
    )[0]?.['n'];
  };
  for (const index of ['', documented('CREATE INDEX CONCURRENTLY "ThreadCleanupLog_phones_idx"')]) {
    if (index) await sql.unsafe(index);
    expect(await lastOf('+57 1')).toEqual([{ thread_id: 'C', tokens: 1_000_003 }]);
    expect(await lastOf('2')).toEqual([{ thread_id: 'B', tokens: 1_000_002 }]);
    expect(await lastOf('3')).toEqual([]);
  }
  expect(await restoreOn(job, { phone: '2' })).toMatchObject({ restoredCount: 1 });
  expect(await eraseOn(job, '+57 1')).toMatchObject({ erasedRows: 2, threadIds: ['A', 'C'] });
  expect(await lastOf('+57 1')).toEqual([]);
  // Three looks of the function, one of the restore and one of the erasure, and one more.
  await vi.waitFor(async () => expect(await uses()).toBe(6), PATIENCE);
});
