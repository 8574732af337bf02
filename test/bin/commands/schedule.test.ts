import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scheduleText } from '../../../bin/local/commands/schedule.ts';
import { fromCheckout } from '../../../bin/local/program/from-checkout.ts';
import { terminalTextsOf } from '../../../bin/local/texts/texts-of.ts';
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

/** What systemd itself says of units; undefined where there is none. */
function verify(units: string): string | undefined {
  const folder = newFolder();
  const files = units.split(/^# \/etc\/systemd\/system\//m).slice(1);
  const paths = files.map((file) => {
    const path = join(folder, file.slice(0, file.indexOf('\n')));
    writeFileSync(path, file.slice(file.indexOf('\n')));
    return path;
  });
  const { error, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
  return error ? undefined : stdout + stderr;
}

test('systemd takes the units, also where the folder has spaces and per cent signs in its name', () => {
  const folder = join(newFolder(), 'all 100% of it');
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'));
  const units = scheduleText(false, 'America/Bogota', terminalTextsOf('es'), { ...fromCheckout.nightly, folder });
  expect(units).toContain(`\nWorkingDirectory=${folder.replace('%', '%%')}\n`);
  expect(units).toContain(`\nExecStart="${folder.replace('%', '%%')}/node_modules/.bin/node" bin/local.ts`);
  expect(verify(units) ?? '').toBe('');
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

test('the documentation shows the line of the installed command, too', () => {
  const nightly = { node: '/usr/bin/node', file: '/usr/bin/thread-cleanup' };
  const text = scheduleText(true, 'UTC', terminalTextsOf('en'), nightly);
  const line = text.split('\n').find((found) => found.startsWith('0 3 * * * ')) ?? '';
  expect(line).not.toBe('');
  for (const page of ['docs/configuration.md', 'docs/es/migracion.md'])
    expect(readFileSync(page, 'utf8')).toContain(`\n${line}\n`);
});

test('paths with spaces and per cent signs reach the program as they are', () => {
  const nightly = { node: '/opt/node 22/bin/node', file: '/opt/100%/thread-cleanup' };
  const texts = terminalTextsOf('en');
  expect(scheduleText(true, 'UTC', texts, nightly)).toContain(
    "\n0 3 * * * '/opt/node 22/bin/node' --env-file=/etc/thread-cleanup.env /opt/100\\%/thread-cleanup cleanup ",
  );
  expect(scheduleText(false, 'UTC', texts, nightly)).toContain(
    '\nExecStart="/opt/node 22/bin/node" /opt/100%%/thread-cleanup cleanup --json\n',
  );
});
