import { beforeEach, describe, expect, test } from 'vitest';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../support/postgres/database.ts';
import { runProgram } from './program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const { hostname, port, pathname } = new URL(database.url);
const DATABASE_LINE = `Database: ${pathname.slice(1)} at ${hostname}:${port} (DATABASE_URL)\n`;
const ESCAPE = '\u001b';

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [
    { phone: '5700001', tokens: 1_500_000, name: 'Ana 🌸' },
    { phone: '5700002', tokens: 1_000_000, name: `Eve ${ESCAPE}[2J\nnobody` },
    { phone: '5700003', tokens: 850_000 },
    { phone: '5700004', tokens: 100 },
    { phone: '5700005', tokens: null },
  ]);
});

describe('The terminal on DATABASE_URL', () => {
  test('shows the state before, cleans up, and shows the audit row, the state after and, in the last line, the result', async () => {
    const { status, stdout, stderr } = await runProgram(['cleanup'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [before, audit, after, result] = ['Before', 'Audit row 1:', 'After', '✓ '].map((text) =>
      stdout.indexOf(text),
    );
    expect([before, audit, after, result]).toEqual([before, audit, after, result].sort((a = 0, b = 0) => a - b));
    expect(before).toBeGreaterThan(0);
    expect(stdout.slice(before, audit)).toMatch(/150\.0% {2}Critical {2}1,500,000 {2}5700001 {2}Ana 🌸/);
    expect(stdout.slice(audit, after)).toMatch(/UTC, 2 threads, 2,500,000 tokens\n/);
    expect(stdout.slice(audit, after)).toMatch(/1,500,000 {2}5700001 {2}conv_5700001 {2}Ana 🌸/);
    expect(stdout.indexOf('Ana', audit)).toBeLessThan(stdout.indexOf('Eve', audit));
    expect(stdout.slice(after, result)).toMatch(/Critical +≥ 100% +░+ +0 +0\n\n$/);
    expect(stdout.slice(after, result)).not.toContain('Largest');
    expect(stdout.slice(result)).toMatch(
      /^✓ 2 threads cleared · 2\.5M tokens · \d+\.\d s · undo: npm run restore -- 1\n$/,
    );
    expect((await contactsByPhone(database)).get('5700001')).toEqual({ threadId: null, threadTokenCount: 0 });
    expect((await contactsByPhone(database)).get('5700003')?.threadTokenCount).toBe(850_000);
  });

  test('shows no state after a cleanup that found nothing to clear', async () => {
    const { stdout } = await runProgram(['cleanup', '--token-limit', '2M'], env);
    expect(stdout).not.toContain('After');
    expect(stdout).toMatch(/\n✓ Nothing to clear: no thread has reached 2,000,000 tokens · \d+\.\d s\n$/);
  });

  test('says in the lines above the result what it could not clear, and how to find who locks it', async () => {
    const lock = await database.sql.reserve();
    try {
      await lock`begin`;
      await lock`select from "ClientView" where "phoneNumber" = '5700001' for update`;
      const { stdout } = await runProgram(['cleanup'], env);
      const said = stdout.slice(stdout.indexOf('  1 thread over the limit'), stdout.indexOf('✓'));
      const query = said.slice(said.indexOf('  select pid'));
      expect(said).toMatch(/^ {2}1 thread over the limit was not cleared \(locked .*: run the cleanup again\.\n/);
      expect(said.slice(0, -query.length).replace(/\s+/g, ' ')).toMatch(
        /Find in the database who keeps rows of the table locked, as a superuser .*"idle in transaction".*pg_terminate_backend\(PID\)/,
      );
      const found = await database.sql.unsafe(query);
      const [locker] = await lock<{ pid: number }[]>`select pg_backend_pid() as pid`;
      expect(found.map(({ pid }) => pid)).toEqual([locker?.pid]);
      expect(stdout).toMatch(/\n✓ 1 thread cleared · [^\n]*\n$/);
    } finally {
      await lock`rollback`;
      lock.release();
    }
  });

  test('says first which database it is about to work on, and never the password', async () => {
    const { stdout } = await runProgram(['check'], env);
    expect(stdout.startsWith(DATABASE_LINE)).toBe(true);
    expect(stdout).not.toContain(new URL(database.url).password);
  });

  test('only looks when asked to check', async () => {
    const before = await contactsByPhone(database);
    const { status, stdout } = await runProgram(['check'], env);
    expect(status).toBe(0);
    expect(stdout).toContain('State of the threads');
    expect(await contactsByPhone(database)).toEqual(before);
    expect((await database.sql`select to_regclass('"ThreadCleanupLog"') as log`)[0]?.['log']).toBeNull();
  });

  test('is plain text when its output is no terminal, and shows names harmless', async () => {
    const { stdout } = await runProgram(['cleanup'], env);
    expect(stdout).not.toContain(ESCAPE);
    expect(stdout).toContain('Eve \\u{1b}[2J\\u{a}nobody');
  });

  test.runIf(process.platform === 'linux')('has colours on a terminal, and none with NO_COLOR', async () => {
    const onTerminal = async (more: Record<string, string>) =>
      (await runProgram(['check'], { ...env, TERM: 'xterm', ...more }, 'terminal')).stdout;
    expect(await onTerminal({})).toContain(`${ESCAPE}[31m`);
    expect(await onTerminal({ NO_COLOR: '1' })).not.toMatch(new RegExp(`${ESCAPE}\\[\\d+m`));
  });

  test('clears at the limit of --token-limit, else at that of TOKEN_LIMIT', async () => {
    const limited = { ...env, TOKEN_LIMIT: '1500000' };
    expect((await runProgram(['cleanup'], limited)).stdout).toContain('✓ 1 thread cleared · ');
    expect((await runProgram(['cleanup', '--token-limit', '850000'], limited)).stdout).toContain(
      '✓ 2 threads cleared · ',
    );
  });

  test('works on the tables of TABLE_NAME and AUDIT_TABLE_NAME', async () => {
    await database.sql`create table if not exists "Other" (like "ClientView" including all)`;
    await database.sql`insert into "Other" select * from "ClientView"`;
    const names = { TABLE_NAME: 'public.Other', AUDIT_TABLE_NAME: 'OtherLog' };
    expect((await runProgram(['cleanup'], { ...env, ...names })).stdout).toContain('✓ 2 threads cleared · ');
    expect((await contactsByPhone(database)).get('5700001')?.threadTokenCount).toBe(1_500_000);
    expect(await database.sql`select id from "OtherLog"`).toHaveLength(1);
  });

  test('deletes audit rows that are older than AUDIT_RETENTION_DAYS, and none without it', async () => {
    await runProgram(['cleanup'], env);
    await database.sql`
      insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, execution_time, details)
      select days, 1, now() - make_interval(days => days, mins => 1), '{}' from unnest(array[29, 30]) days`;
    const counts = () => database.sql`select cleaned_count as count from "ThreadCleanupLog" order by 1`;
    await runProgram(['cleanup'], env);
    expect(await counts()).toEqual([{ count: 2 }, { count: 29 }, { count: 30 }]);
    const { status, stderr } = await runProgram(['cleanup'], { ...env, AUDIT_RETENTION_DAYS: '30' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await counts()).toEqual([{ count: 2 }, { count: 29 }]);
  });
});

describe('--force', () => {
  const everybody = Array.from({ length: 21 }, (_, i) => ({ phone: `570001${i}`, tokens: 1_000_000 }));
  beforeEach(() => insertContacts(database, everybody));

  test('is needed to clear more than MAX_CLEARED_SHARE allows: the safety limit ends the cleanup with one line', async () => {
    const { status, stderr } = await runProgram(['cleanup'], env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CleanupRefused: [^\n]+ would clear 23 of 25 active threads \(92%\)[^\n]+--force[^\n]+\n$/);
    expect((await contactsByPhone(database)).get('5700001')?.threadTokenCount).toBe(1_500_000);
  });

  test.each([
    [
      [],
      [
        'set another: npm run check -- --token-limit LIMIT',
        'run the cleanup: npm run cleanup -- --token-limit LIMIT',
        'meant to be cleared: npm run cleanup -- --force',
      ],
    ],
    [
      ['--token-limit', '500k', '--quiet-minutes', '0'],
      [
        'leave it out, and the configured limit applies: npm run check -- --quiet-minutes 0',
        'run the cleanup: npm run cleanup -- --quiet-minutes 0',
        'meant to be cleared: npm run cleanup -- --token-limit 500000 --quiet-minutes 0 --force',
      ],
    ],
  ])('is named last by a check with the options %j, after what corrects the limit', async (options, commands) => {
    const { stdout } = await runProgram(['check', ...options], env);
    // A command that does not fit into its line has one of its own.
    const said = stdout.replaceAll('\n  npm', ' npm');
    expect(said).toMatch(new RegExp(commands.map((command) => `[^\n]* ${command}\n`).join('')));
  });

  test('is named by the error after the limit and what to do where that is wrong', async () => {
    const own = await runProgram(['cleanup', '--token-limit', '500k'], env);
    expect(own.stderr).toMatch(
      / If the limit is wrong, leave --token-limit out, .* applies\. If it is right, .*--force\.\n/,
    );
  });

  test('overrides the safety limit once', async () => {
    const { status, stdout, stderr } = await runProgram(['cleanup', '--force'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('✓ 23 threads cleared · ');
    expect((await contactsByPhone(database)).get('57000120')?.threadTokenCount).toBe(0);
  });
});

describe('--json', () => {
  test('prints the result of a check in one line and nothing else', async () => {
    const { status, stdout, stderr } = await runProgram(['check', '--json'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    const result = JSON.parse(stdout);
    expect(Object.keys(result).sort()).toEqual(
      (
        'activeCount activeThreads averageTokens bands forecast maxTokens mode nearLimitThreads overLimitThreads recentCleanups startedAt ' +
        'summary tokenLimit tokenLimitFrom topThreads totalContacts totalTokens warnings'
      ).split(' '),
    );
    expect(result).toMatchObject({ mode: 'check', totalContacts: 5, activeThreads: 4, overLimitThreads: 2 });
    expect(result.topThreads[1].name).toBe(`Eve ${ESCAPE}[2J\nnobody`);
    expect(stdout).not.toContain(ESCAPE);
  });

  test('prints the result of a cleanup in one line and nothing else, so that cron sends no mail', async () => {
    const { status, stdout, stderr } = await runProgram(['cleanup', '--json'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    const result = JSON.parse(stdout);
    expect(Object.keys(result).sort()).toEqual(
      (
        'activeCount auditCount auditIds cleanedCount complete durationMs mode nearLimitCount remainingCount requestId startedAt ' +
        'summary tokenLimit tokenLimitFrom totalTokensCleared warnings'
      ).split(' '),
    );
    expect(result).toMatchObject({ mode: 'cleanup', cleanedCount: 2, totalTokensCleared: 2_500_000, complete: true });
    const [row] = await database.sql`select id::int, details ->> 'requestId' as request from "ThreadCleanupLog"`;
    expect(row).toEqual({ id: result.auditIds[0], request: result.requestId });
  });
});

describe('The terminal', () => {
  test('ends quietly when nobody reads its output any more', async () => {
    expect(await runProgram(['check'], env, 'nobody')).toEqual({ status: 0, stdout: '', stderr: 'status 141\n' });
  });
});
