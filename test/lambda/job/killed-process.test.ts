import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { randomFrom } from '../../../bin/local/sample/random.ts';
import { compareWithBefore, insertDueThreads } from '../../support/job/both-or-neither.ts';
import { startCleanupChild } from '../../support/job/child.ts';
import { misreportedRuns } from '../../support/job/ledger.ts';
import { cleanUpAt } from '../../support/job/run.ts';
import { PATIENCE } from '../../support/patience.ts';
import { CREATE_CLIENT_VIEW } from '../../support/postgres/client-view.ts';
import { createDatabase } from '../../support/postgres/database.ts';
import { activeStatements, closeGate } from '../../support/postgres/gate.ts';
import { quietClient } from '../../support/postgres/quiet-client.ts';
import { startRestartableServer } from '../../support/postgres/restartable-server.ts';

const database = await createDatabase();
const { sql, url } = database;
const restartable = await startRestartableServer();
afterAll(() => restartable.stop());

/** Five batches. */
const CONTACTS = 10_000;

test('a process that is killed at a random moment leaves every thread either cleared and recorded or as it was', async () => {
  await insertDueThreads(sql, CONTACTS);
  await cleanUpAt(url, { tokenLimit: 2 ** 53 - 1 });
  const chance = randomFrom(4);
  const gate = await closeGate(sql, '5000');
  let inItsMiddle = 0;
  for (let kill = 0; kill < 5; kill += 1) {
    const before = await compareWithBefore(sql);
    const child = startCleanupChild(url, 1_000_000);
    await child.begun;
    // The first one strikes in the middle of the third batch, however fast or slow the machine is.
    if (kill === 0) await gate.reached();
    else await pause(chance.between(0, 200));
    child.process.kill('SIGKILL');
    await child.ended;
    await gate.open();
    // The server ends the statement that it has, if nobody is there to hear about it.
    await vi.waitFor(async () => expect(await activeStatements(sql)).toEqual([]), PATIENCE);
    const after = await compareWithBefore(sql);
    expect(after.torn).toBe(0);
    if (after.untouched > 0 && after.cleared > before.cleared) inItsMiddle += 1;
  }
  expect(inItsMiddle, 'kills in the middle of a run').toBeGreaterThan(0);
  const { untouched } = await compareWithBefore(sql);
  expect(await cleanUpAt(url)).toMatchObject({ cleanedCount: untouched, remainingCount: 0, complete: true });
  expect(await compareWithBefore(sql)).toEqual({ untouched: 0, cleared: CONTACTS, torn: 0 });
});

test('a server that crashes in the middle of a batch and restarts has cleared nothing of it, and the run continues', async () => {
  const there = quietClient(restartable.url('postgres'));
  onTestFinished(() => there.end({ timeout: 1 }));
  await there.unsafe(CREATE_CLIENT_VIEW);
  await insertDueThreads(there, 5_000);
  const gate = await closeGate(there, '1');
  const run = cleanUpAt(restartable.url('postgres'));
  await gate.reached();
  await restartable.crashAndRestart();
  gate.crashed();
  const result = await run;
  expect(result).toMatchObject({ cleanedCount: 5_000, remainingCount: 0, complete: true });
  expect(await misreportedRuns(there, [result])).toEqual([]);
  expect(await compareWithBefore(there)).toEqual({ untouched: 0, cleared: 5_000, torn: 0 });
});
