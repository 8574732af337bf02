import type { ChildProcess } from 'node:child_process';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { byWayOf, startProxy } from '../support/network/proxy.ts';
import { PATIENCE } from '../support/patience.ts';
import { createDatabase, emptyTables, insertDueContacts } from '../support/postgres/database.ts';
import { closeGate } from '../support/postgres/gate.ts';
import { outcomeOf, pressCtrlC, startProgram } from './program.ts';

const database = await createDatabase();
const { sql } = database;

/** Three batches. */
const DUE = 5_000;

beforeEach(async () => {
  await emptyTables(database);
  await insertDueContacts(database, DUE);
});

async function sessions(): Promise<string[]> {
  const rows = await sql<{ state: string }[]>`
    select coalesce(wait_event_type, state) as state from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name = 'thread-cleanup'`;
  return rows.map(({ state }) => state);
}

async function clearedAndAudited() {
  const [cleared] = await sql<{ n: number }[]>`select count(*)::int as n from "ClientView" where "threadId" is null`;
  const [audited] = await sql<{ n: number }[]>`select sum(cleaned_count)::int as n from "ThreadCleanupLog"`;
  return { cleared: cleared?.n ?? 0, audited: audited?.n ?? 0 };
}

describe('Stopped while it works on DATABASE_URL, the terminal', () => {
  test.each([
    ['Ctrl-C at a cleanup', 'cleanup', pressCtrlC, 130],
    ['Ctrl-C at a check', 'check', pressCtrlC, 130],
    ['SIGINT to it alone', 'cleanup', (program: ChildProcess) => program.kill('SIGINT'), 130],
    ['SIGTERM', 'cleanup', (program: ChildProcess) => program.kill('SIGTERM'), 143],
  ])(
    'leaves no session and no running statement behind, and says that no thread was changed: %s',
    async (_, word, stop, status) => {
      const lock = await sql.reserve();
      try {
        await lock`begin`;
        await lock`lock table "ClientView" in access exclusive mode`;
        const program = startProgram([word], { DATABASE_URL: database.url });
        const outcome = outcomeOf(program);
        await vi.waitUntil(async () => (await sessions()).includes('Lock'), PATIENCE);
        stop(program);
        const { stderr, ...rest } = await outcome;
        expect(rest.status).toBe(status);
        expect(stderr).toBe('Interrupted: Interrupted. No thread was changed.\n');
        expect(await sessions()).toEqual([]);
      } finally {
        await lock`rollback`;
        lock.release();
      }
    },
  );

  test('ends at once after a second Ctrl-C, when its statement waits for a lock and the network has died', async () => {
    const lock = await sql.reserve();
    let isDead = false;
    const proxy = await startProxy(Number(new URL(database.url).port), () => () => (isDead ? 'keep' : 'pass'));
    try {
      await lock`begin`;
      await lock`lock table "ClientView" in access exclusive mode`;
      const program = startProgram(['cleanup'], { DATABASE_URL: byWayOf(proxy.port, database.url) });
      const outcome = outcomeOf(program);
      await vi.waitUntil(async () => (await sessions()).includes('Lock'), PATIENCE);
      isDead = true;
      const taken = proxy.taken();
      pressCtrlC(program);
      // The first one has asked the server to end the statement, and waits for what it says.
      await vi.waitUntil(() => proxy.taken() > taken, PATIENCE);
      pressCtrlC(program);
      // Without a word: by itself it would tell what it did once it gave up waiting.
      expect(await outcome).toMatchObject({ status: 130, stderr: '' });
    } finally {
      await lock`rollback`;
      lock.release();
      await proxy.close();
    }
  });

  test('has cleared what is in the audit table, and no more', async () => {
    // In the middle of the second batch.
    const gate = await closeGate(sql, '3000');
    const program = startProgram(['cleanup', '--json'], { DATABASE_URL: database.url, MAX_CLEARED_SHARE: '100' });
    const outcome = outcomeOf(program);
    await gate.reached();
    pressCtrlC(program);
    const stderr = 'Interrupted: Interrupted. Only the threads recorded in the audit table were cleared.\n';
    expect(await outcome).toEqual({ status: 130, stdout: '', stderr });
    expect(await sessions()).toEqual([]);
    expect(await clearedAndAudited()).toEqual({ cleared: 2_000, audited: 2_000 });
  });
});
