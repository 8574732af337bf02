import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../../lambda/database/database.ts';
import { cleanUpOn, restoreOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
} from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(async () => {
  await emptyTables(database);
  await createAuditTable(database);
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 2_000_000 },
  ]);
});

const children = () => sql`select "phoneNumber", "threadId", "threadTokenCount" from "Child" order by 1`;

/** A child table appears before the first change; its rows have the phones, and the places, of the contacts. */
function withChild(threadId: string | null, tokens: number): Database {
  let isThere = false;
  onTestFinished(async () => void (await sql`drop table "Child"`));
  return {
    ...job,
    change: async (change, recall) => {
      if (!isThere) {
        await sql`create table "Child" () inherits ("ClientView")`;
        await sql`
          insert into "Child" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
          select "phoneNumber", now(), ${threadId}, ${tokens} from only "ClientView" order by ctid`;
        // The places are what may be mixed up.
        if (threadId === null) await sql`vacuum full "ClientView"`;
      }
      isThere = true;
      return job.change(change, recall);
    },
  };
}

describe('a child table that appears in the middle of a run', () => {
  test.each([5, 9_000_000])('with rows of %s tokens is neither cleared nor recorded', async (tokens) => {
    expect(await cleanUpOn(withChild('child', tokens))).toMatchObject({
      cleanedCount: 2,
      totalTokensCleared: 3_000_000,
      remainingCount: 0,
    });
    expect((await auditedThreads(database)).map(({ threadId }) => threadId)).toEqual(['conv_1', 'conv_2']);
    expect(await children()).toEqual([
      { phoneNumber: '1', threadId: 'child', threadTokenCount: tokens },
      { phoneNumber: '2', threadId: 'child', threadTokenCount: tokens },
    ]);
  });

  test('is not restored to, and no contact is taken for vacant because its row there is', async () => {
    const [auditId = 0] = (await cleanUpOn(job)).auditIds;
    await sql`update "ClientView" set "threadId" = 'newer' where "phoneNumber" = '2'`;
    expect(await restoreOn(withChild(null, 7), { auditId })).toMatchObject({ restoredCount: 1, skippedCount: 1 });
    expect(await children()).toEqual([
      { phoneNumber: '1', threadId: null, threadTokenCount: 7 },
      { phoneNumber: '2', threadId: null, threadTokenCount: 7 },
    ]);
    await sql`delete from "Child"`;
    expect(await contactsByPhone(database)).toEqual(
      new Map([
        ['1', { threadId: 'conv_1', threadTokenCount: 1_000_000 }],
        ['2', { threadId: 'newer', threadTokenCount: 0 }],
      ]),
    );
  });
});
