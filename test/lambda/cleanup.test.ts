import { beforeEach, expect, test } from 'vitest';
import { type CleanupOptions, cleanUp } from '../../lambda/cleanup.ts';
import {
  auditedThreads,
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
  TABLE_NAMES,
} from '../support/database.ts';

const database = await createDatabase();
beforeEach(() => emptyTables(database));

async function runCleanup(options: Partial<CleanupOptions> = {}) {
  const job = await database.open();
  try {
    return await cleanUp(job, TABLE_NAMES, { tokenLimit: 1_000_000, requestId: 'request-1', ...options });
  } finally {
    await job.close();
  }
}

test('clears every thread at or over the limit and leaves the others as they are', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 999_999 },
    { phone: '2', tokens: 1_000_000 },
    { phone: '3', tokens: 2_147_483_647 },
    { phone: '4', tokens: null },
    { phone: '5', tokens: 0 },
  ]);
  const result = await runCleanup();
  expect(result).toMatchObject({
    cleanedCount: 2,
    totalTokensCleared: 2_148_483_647,
    remainingCount: 0,
    complete: true,
  });
  const contacts = await contactsByPhone(database);
  expect(contacts.get('1')).toEqual({ threadId: 'thread_1', threadTokenCount: 999_999 });
  expect(contacts.get('2')).toEqual({ threadId: null, threadTokenCount: 0 });
  expect(contacts.get('3')).toEqual({ threadId: null, threadTokenCount: 0 });
  expect(contacts.get('4')).toEqual({ threadId: 'thread_4', threadTokenCount: null });
  expect(await auditedThreads(database)).toHaveLength(2);
});
