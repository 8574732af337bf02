import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, type TestContext, test, vi } from 'vitest';
import { PATIENCE } from '../../support/patience.ts';
import { outcomeOf, pressCtrlC, runProgram, startProgram } from '../program.ts';

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

describe.concurrent('The terminal without DATABASE_URL', () => {
  test('works on an embedded PostgreSQL with sample contacts, and leaves nothing behind', async (context) => {
    const { env, leftovers } = ownFolder(context);
    const { status, stdout, stderr } = await runProgram([], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Database: an embedded PostgreSQL with 243 sample contacts \(DATABASE_URL is not set\)\n/);
    expect(stdout).toContain('214 active threads of 243 contacts');
    expect(stdout).toContain(
      'Cleared 8 threads with 10,754,074 tokens (token limit: 1,000,000), recorded in 1 audit row.',
    );
    expect(stdout).toMatch(/To restore: npm run restore -- --request-id [\w-]{36} \(only on your own database: /);
    expect(leftovers()).toEqual([]);
  });

  test('leaves nothing behind after an error either', async (context) => {
    const { env, leftovers } = ownFolder(context);
    const { status, stderr } = await runProgram(['check'], { ...env, TABLE_NAME: 'Nope' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^TableUnusable: [^\n]+\n$/);
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
