import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
  insertDueContacts,
} from '../../support/postgres/database.ts';
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
  const commands = [...text.matchAll(/npm run restore -- (\S+)$/gm)];
  expect(commands).toHaveLength(1);
  return ['restore', commands[0]?.[1] ?? ''];
}

describe('npm run restore', () => {
  test('restores a cleanup by the command that its result ends with, also copied from 80 columns', async () => {
    const { stdout } = await runProgram(
      ['cleanup', '--yes'],
      env,
      process.platform === 'linux' ? 'narrowTerminal' : 'pipes',
    );
    expect(await ana()).toEqual(CLEARED);
    const { status, stdout: said, stderr } = await runProgram(commandIn(stdout.replaceAll('\r', '')), env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(said).toMatch(/still over the limit[^↩]+\n↩ 1 thread restored · \d+\.\d s\n$/);
    expect(await ana()).toEqual(ANA);
  });

  test('restores the threads of one audit row; --json prints the result and nothing else', async () => {
    await runProgram(['cleanup'], env);
    const { status, stdout, stderr } = await runProgram(['restore', '1', '--json'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
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
    await runProgram(['cleanup'], env);
    const { status, stdout, stderr } = await runProgram(['restore'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/\n {2}Time +Threads +Tokens {2}Audit rows {2}Restored\n/);
    expect(stdout).toMatch(/\n {2}\d{4}-\d\d-\d\d \d\d:\d\d +1 +1,500,000 {2}2\n/);
    expect(stdout).toMatch(/\n {2}2025-08-29 03:00 +5 +5,300,000 {2}1 +no thread ids\n/);
    expect(await ana()).toEqual(CLEARED);
    const json = JSON.parse((await runProgram(['restore', '--json'], env)).stdout);
    expect(json.recentCleanups.map(({ id }: { id: number }) => id)).toEqual([2, 1]);
    expect((await runProgram(commandIn(stdout), env)).stdout).toContain('↩ 1 thread restored · ');
    expect(await ana()).toEqual(ANA);
  });

  test('offers a run of several audit rows by its first and last one, and no more once it has come back', async () => {
    await insertDueContacts(database, 2_001);
    const { stdout } = await runProgram(['cleanup', '--force'], env);
    expect(stdout).toMatch(/ · undo: npm run restore -- 1-2\n$/);
    const { stdout: list } = await runProgram(['restore'], env);
    expect(list).toMatch(/ +2,002 +[\d,]+ {2}1–2\n/);
    expect(commandIn(list)).toEqual(['restore', '1-2']);
    for (const rows of ['1-3', '2-3']) {
      expect((await runProgram(['restore', rows], env)).stderr).toMatch(/^NotRestorable: No run has the audit rows /);
    }
    await runProgram(['restore', '2'], env);
    expect((await runProgram(['restore'], env)).stdout).toMatch(/1–2 +\d{4}-\d\d-\d\d \d\d:\d\d \([\d,]+ of 2,002\)\n/);
    expect((await runProgram(['restore', '1–2'], env)).stdout).toMatch(/↩ [\d,]+ threads restored · /);
    const after = (await runProgram(['restore'], env)).stdout;
    expect(after).toMatch(/1–2 +\d{4}-\d\d-\d\d \d\d:\d\d \(all\)\n\nThere is nothing left to restore\.\n$/);
  });

  test('says when there is nothing to choose from yet, and makes no table', async () => {
    expect(await runProgram(['restore'], env)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Last cleanups (UTC)\n  No cleanups yet.\n'),
    });
    expect((await database.sql`select to_regclass('"ThreadCleanupLog"') as log`)[0]?.['log']).toBeNull();
  });

  test.for(['restore', 'restore 7', 'restore --json', 'check', 'cleanup --yes'])(
    'without DATABASE_URL starts no server: %s',
    async (line) => {
      const TMPDIR = mkdtempSync(join(tmpdir(), 'terminal-'));
      try {
        const { status, stdout, stderr } = await runProgram(line.split(' '), { TMPDIR });
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toMatch(/^InvalidSettings: DATABASE_URL is not set\. Set it to [^\n]+\n$/);
        expect(readdirSync(TMPDIR)).toEqual([]);
      } finally {
        rmSync(TMPDIR, { recursive: true });
      }
    },
  );
});
