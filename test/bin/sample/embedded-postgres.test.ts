import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, type TestContext, test, vi } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';
import { contactsByPhone, createDatabase, insertContacts } from '../../support/postgres/database.ts';
import { outcomeOf, pressCtrlC, runProgram, startProgram } from '../program.ts';

const database = await createDatabase();
beforeAll(() => insertContacts(database, [{ phone: '5700001', tokens: 5_000_000 }]));

/** A temporary folder for one program: what is left of its server is in it, or names it. */
function ownFolder({ onTestFinished }: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'terminal-'));
  // The server does not run as root.
  chmodSync(path, 0o711);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const processes = () => execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return {
    env: { TMPDIR: path },
    leftovers: () => [...readdirSync(path), ...processes().filter((line) => line.includes(path))],
    // Cheaper than a look at all processes, so that a busy machine does not miss the moment.
    isStarting: () => readdirSync(path).length > 0,
    isRunning: () => globSync('*/data/postmaster.pid', { cwd: path }).length > 0,
  };
}
type OwnFolder = ReturnType<typeof ownFolder>;

async function says(program: ChildProcess, text: string): Promise<void> {
  let said = '';
  program.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  await vi.waitUntil(() => said.includes(text), PATIENCE);
}

describe.concurrent('The demonstration', () => {
  test('cleans up and restores sample contacts on an embedded PostgreSQL, and leaves nothing behind', async (context) => {
    const { env, leftovers } = ownFolder(context);
    const { status, stdout, stderr } = await runProgram([], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Database: an embedded PostgreSQL with 243 sample contacts\n/);
    expect(stdout).toContain('214 active threads of 243 contacts');
    expect(stdout).toMatch(/\n✓ 8 threads cleared · 10\.8M tokens · \d+\.\d s\n↩ 8 threads restored · \d+\.\d s\n$/);
    expect(stdout).not.toContain('npm run');
    expect(leftovers()).toEqual([]);
  });

  test('prints what the README shows', async (context) => {
    const { stdout } = await runProgram([], ownFolder(context).env);
    const shown = [...readFileSync('README.md', 'utf8').matchAll(/^```text\n(Database: [^`]+)```$/gm)].map(
      ([, text = '']) => text,
    );
    expect(shown).toHaveLength(1);
    expect(shown[0]?.length).toBeGreaterThan(500);
    const alike = (text: string) =>
      text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME').replace(/\d+\.\d s\b/g, 'SECONDS');
    // A line of dots stands for lines that are left out.
    const parts = alike(shown[0] ?? '').split(/(?<=\n) *…\n/);
    const places = parts.map((part) => alike(stdout).indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test.each([[[]], [['demo']]])('leaves DATABASE_URL alone, whatever else is set, and says so: %j', async (args) => {
    const variables = { DATABASE_URL: database.url, TABLE_NAME: 'Nope', TOKEN_LIMIT: 'x', MAX_CLEARED_SHARE: '1' };
    const { status, stdout } = await runProgram(args, variables);
    expect(status).toBe(0);
    expect(stdout).toContain('\nDATABASE_URL is set; this demonstration leaves it alone.');
    expect(stdout).toContain('✓ 8 threads cleared');
    expect((await contactsByPhone(database)).get('5700001')).toEqual({
      threadId: 'conv_5700001',
      threadTokenCount: 5_000_000,
    });
    expect((await database.sql`select to_regclass('"ThreadCleanupLog"') as log`)[0]?.['log']).toBeNull();
  });

  test('leaves nothing behind after an error either', async (context) => {
    const { env, leftovers } = ownFolder(context);
    const { status, stderr } = await runProgram(['--token-limit', '1'], env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CleanupRefused: [^\n]+\n$/);
    expect(leftovers()).toEqual([]);
  });

  const alone = (program: ChildProcess) => program.kill('SIGINT');
  test.for<[string, (program: ChildProcess) => void, (folder: OwnFolder) => boolean]>([
    ['Ctrl-C while the server starts', pressCtrlC, ({ isStarting }) => isStarting()],
    ['SIGINT to it alone while the server starts', alone, ({ isStarting }) => isStarting()],
    ['Ctrl-C while the server runs', pressCtrlC, ({ isRunning }) => isRunning()],
  ])('leaves nothing behind after %s', async ([, stop, moment], context) => {
    const folder = ownFolder(context);
    const { env, leftovers } = folder;
    const program = startProgram([], env);
    const outcome = outcomeOf(program);
    await vi.waitUntil(() => moment(folder), PATIENCE);
    stop(program);
    const { status, stderr } = await outcome;
    expect(status).toBe(130);
    expect(stderr).toMatch(/^Interrupted: [^\n]+\n$/);
    expect(leftovers()).toEqual([]);
  });

  test('leaves nothing behind after Ctrl-C at the cleanup', async (context) => {
    const { env, leftovers } = ownFolder(context);
    const program = startProgram([], env);
    const outcome = outcomeOf(program);
    await says(program, 'Before the cleanup');
    pressCtrlC(program);
    expect([0, 130]).toContain((await outcome).status);
    expect(leftovers()).toEqual([]);
  });

  test.for(['SIGKILL', 'SIGHUP'] as const)('leaves nothing behind after %s', async (signal, context) => {
    const { env, leftovers, isRunning } = ownFolder(context);
    const program = startProgram([], env);
    await vi.waitUntil(isRunning, PATIENCE);
    program.kill(signal);
    await vi.waitUntil(() => leftovers().length === 0, { ...PATIENCE, interval: 200 });
  });
});
