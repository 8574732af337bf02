import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { contactsByPhone, createDatabase, insertContacts } from '../../support/postgres/database.ts';
import { runProgram } from '../program.ts';

const database = await createDatabase();

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'schedule-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('npm run schedule prints units that wait for the network, make up for a missed night and tell of a failure', async () => {
  const { status, stdout, stderr } = await runProgram(['schedule'], { TIMEZONE: 'America/Bogota' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const line of [
    'OnCalendar=*-*-* 03:00:00 America/Bogota',
    'Persistent=true',
    'EnvironmentFile=/etc/thread-cleanup.env',
    'OnFailure=thread-cleanup-failed.service',
    `WorkingDirectory=${process.cwd()}`,
    `ExecStart=${join(process.cwd(), 'node_modules/.bin/node')} bin/local.ts cleanup --json`,
  ]) {
    expect(stdout).toContain(`\n${line}\n`);
  }
});

test('the line of npm run schedule -- --cron cleans up with the address of a file, and only its errors reach the mail', async () => {
  await insertContacts(database, [{ phone: '5700001', tokens: 1_500_000 }]);
  const folder = newFolder();
  writeFileSync(join(folder, 'env'), `DATABASE_URL='${database.url}'\n`);
  const { stdout } = await runProgram(['schedule', '--cron']);
  const line = stdout.split('\n').find((text) => text.startsWith('0 3 * * * ')) ?? '';
  const command = line
    .slice('0 3 * * * '.length)
    .replaceAll('/etc/thread-cleanup.env', join(folder, 'env'))
    .replaceAll('/var/log/thread-cleanup.log', join(folder, 'log'));
  const run = () =>
    spawnSync('sh', ['-c', `(${command}) 2>&1`], { env: { PATH: process.env['PATH'] ?? '' }, encoding: 'utf8' }).stdout;
  expect(run()).toBe('');
  expect((await contactsByPhone(database)).get('5700001')?.threadTokenCount).toBe(0);
  expect(run()).toBe('');
  const runs = readFileSync(join(folder, 'log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(runs.map(({ cleanedCount }) => cleanedCount)).toEqual([1, 0]);
  writeFileSync(join(folder, 'env'), '');
  expect(run()).toMatch(/^InvalidSettings: DATABASE_URL is not set[^\n]+\n$/);
});

test('the documentation shows that line', async () => {
  const { stdout } = await runProgram(['schedule', '--cron']);
  const line = stdout.split('\n').find((text) => text.startsWith('0 3 * * * ')) ?? '';
  const shown = line.replace(process.cwd(), '/opt/thread-cleanup');
  for (const page of ['docs/configuration.md', 'docs/es/migracion.md'])
    expect(readFileSync(page, 'utf8')).toContain(shown);
});
