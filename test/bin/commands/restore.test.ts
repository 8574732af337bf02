import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
import { runProgram } from '../program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const ANA = { threadId: 'conv_5700001', threadTokenCount: 1_500_000 };
const CLEARED = { threadId: null, threadTokenCount: 0 };
const ana = async () => (await contactsByPhone(database)).get('5700001');

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [
    { phone: '5700001', tokens: 1_500_000 },
    { phone: '5700002', tokens: 100 },
  ]);
});

/** The arguments of the only command in a text that begins with `npm run restore --`. */
function commandIn(text: string): string[] {
  const commands = [...text.matchAll(/npm run restore -- (--request-id \S+)$/gm)];
  expect(commands).toHaveLength(1);
  return ['restore', ...(commands[0]?.[1] ?? '').split(' ')];
}

describe('npm run restore', () => {
  test('restores a cleanup by the command that its summary ends with, also copied from 80 columns', async () => {
    const { stdout } = await runProgram([], env, process.platform === 'linux' ? 'narrowTerminal' : 'pipes');
    expect(await ana()).toEqual(CLEARED);
    const { status, stdout: said, stderr } = await runProgram(commandIn(stdout.replaceAll('\r', '')), env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(said).toContain('Restore\n  Restored 1 thread.\n');
    expect(said).toContain('still over the limit');
    expect(await ana()).toEqual(ANA);
  });

  test('restores the threads of one audit row; --json prints the result and nothing else', async () => {
    await runProgram([], env);
    const { status, stdout, stderr } = await runProgram(['restore', '1', '--json'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^Database: [^\n]+\n$/) });
    expect(JSON.parse(stdout)).toEqual({
      mode: 'restore',
      startedAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/),
      summary: expect.stringContaining('Restored 1 thread.'),
      auditId: 1,
      restoredCount: 1,
      skippedCount: 0,
      alreadyRestoredCount: 0,
    });
    expect(await ana()).toEqual(ANA);
  });

  test('without an id lists the last runs with the commands to copy, and changes nothing', async () => {
    await database.sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
      total_tokens_cleared bigint, execution_time timestamp default now(), details jsonb)`;
    await database.sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, execution_time, details)
      values (5, 5300000, '2025-08-29 03:00', '{"threads":[{"phone":"5700001","name":"Ana","tokens":1}]}')`;
    await runProgram([], env);
    const { status, stdout, stderr } = await runProgram(['restore'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      / {2}Audit row 2: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, 1 thread, 1,500,000 tokens\n {2}npm run/,
    );
    expect(stdout).toContain(
      '  Audit row 1: 2025-08-29 03:00:00 UTC, 5 threads, 5,300,000 tokens\n  recorded by the old',
    );
    expect(await ana()).toEqual(CLEARED);
    const json = JSON.parse((await runProgram(['restore', '--json'], env)).stdout);
    expect(json.recentCleanups.map(({ id }: { id: number }) => id)).toEqual([2, 1]);
    expect((await runProgram(commandIn(stdout), env)).stdout).toContain('Restored 1 thread.');
    expect(await ana()).toEqual(ANA);
  });

  test('says when there is nothing to choose from yet, and makes no table', async () => {
    expect(await runProgram(['restore'], env)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Last cleanups\n  No cleanups yet.\n'),
    });
    expect((await database.sql`select to_regclass('"ThreadCleanupLog"') as log`)[0]?.['log']).toBeNull();
  });

  test.for(['restore', 'restore 7', 'restore --json'])('without DATABASE_URL starts no server: %s', async (line) => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'terminal-'));
    try {
      const { status, stdout, stderr } = await runProgram(line.split(' '), { TMPDIR });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^InvalidSettings: DATABASE_URL is not set, [^\n]+ Set DATABASE_URL [^\n]+\n$/);
      expect(readdirSync(TMPDIR)).toEqual([]);
    } finally {
      rmSync(TMPDIR, { recursive: true });
    }
  });
});
