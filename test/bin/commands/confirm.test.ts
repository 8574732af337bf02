import type { ChildProcess } from 'node:child_process';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
import { outcomeOf, runProgram, startProgram } from '../program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const QUESTION = `Clear 1 of 2 threads in ${new URL(database.url).pathname.slice(1)} on 127.0.0.1? [y/N]`;
const tokens = async () => (await contactsByPhone(database)).get('5700001')?.threadTokenCount;

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [
    { phone: '5700001', tokens: 1_500_000 },
    { phone: '5700002', tokens: 100 },
  ]);
});

async function asked(args: readonly string[]) {
  const program = startProgram(args, env, 'terminal', 'pipe');
  const outcome = outcomeOf(program);
  let said = '';
  program.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  await vi.waitUntil(() => said.includes(QUESTION), PATIENCE);
  return { program, outcome };
}

async function sessions(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'thread-cleanup'`;
  return row?.n ?? 0;
}

const type = (program: ChildProcess, text: string) => program.stdin?.write(text);

describe.runIf(process.platform === 'linux')('On a terminal, npm run cleanup', () => {
  test.each(['y\n', 'YES\n', 's\n'])('asks, holds no connection meanwhile, and clears after %j', async (answer) => {
    const { program, outcome } = await asked(['cleanup']);
    await vi.waitUntil(async () => (await sessions()) === 0, PATIENCE);
    expect(await tokens()).toBe(1_500_000);
    type(program, answer);
    expect((await outcome).status).toBe(0);
    expect(await tokens()).toBe(0);
  });

  test.each([['n\n'], ['\n'], ['yesterday\n'], ['\u0004']])('changes nothing after %j', async (answer) => {
    const { program, outcome } = await asked(['cleanup', '--json']);
    type(program, answer);
    const { status, stdout } = await outcome;
    expect(status).toBe(1);
    expect(stdout).toContain('Not confirmed. Nothing was changed.');
    expect(await tokens()).toBe(1_500_000);
  });

  test('changes nothing after Ctrl-C', async () => {
    const { program, outcome } = await asked(['cleanup']);
    type(program, '\u0003');
    const { status, stdout } = await outcome;
    expect(status).toBe(130);
    // In a line of its own.
    expect(stdout).toMatch(/\nInterrupted: Interrupted\. Nothing was changed\./);
    expect(await tokens()).toBe(1_500_000);
  });

  test('ends after a second Ctrl-C, with a word or without', async () => {
    const { program, outcome } = await asked(['cleanup']);
    type(program, '\u0003\u0003');
    expect((await outcome).status).toBe(130);
    expect(await tokens()).toBe(1_500_000);
  });

  test('asks nothing with --yes, and nothing when there is nothing to clear', async () => {
    const yes = await runProgram(['cleanup', '--yes'], env, 'terminal');
    expect(yes.status).toBe(0);
    expect(await tokens()).toBe(0);
    const nothing = await runProgram(['cleanup'], env, 'terminal');
    expect(nothing.status).toBe(0);
    expect(yes.stdout + nothing.stdout).not.toContain('[y/N]');
  });

  test('does not ask for what the safety limit refuses', async () => {
    await insertContacts(
      database,
      Array.from({ length: 21 }, (_, i) => ({ phone: `570001${i}`, tokens: 1_000_000 })),
    );
    const { status, stdout } = await runProgram(['cleanup'], env, 'terminal');
    expect(status).toBe(1);
    expect(stdout).not.toContain('[y/N]');
    expect(stdout).toContain('CleanupRefused');
  });
});

test('elsewhere, npm run cleanup asks nothing', async () => {
  const { status, stdout, stderr } = await runProgram(['cleanup'], env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).not.toContain('[y/N]');
  expect(await tokens()).toBe(0);
});
