import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { exportToFolder } from '../../../bin/local/commands/export-to-folder.ts';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
import { runProgram } from '../program.ts';

const sameName = vi.hoisted(() => ({ uuid: undefined as string | undefined }));
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return { ...crypto, randomUUID: () => sameName.uuid ?? crypto.randomUUID() };
});

const database = await createDatabase();
const { sql } = database;
const env = { DATABASE_URL: database.url };
const UNCHANGED = { threadId: 'conv_5700001', threadTokenCount: 1_500_000 };

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [
    { phone: '5700001', tokens: 1_500_000, name: 'Ana 🌸', userName: 'ana' },
    { phone: '5700002', tokens: 100 },
  ]);
});

function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'terminal-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

async function expectNothingCleared(): Promise<void> {
  expect((await contactsByPhone(database)).get('5700001')).toEqual(UNCHANGED);
  expect(await sql`select id from "ThreadCleanupLog"`).toEqual([]);
}

describe('--export', () => {
  test('keeps the complete rows in a folder, made when absent; the audit row and the report name the file', async () => {
    const folder = newFolder();
    const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    const args = ['cleanup', '--export', join(relative(process.cwd(), folder), 'made', 'here')];
    const dayBefore = today();
    const { status, stdout, stderr } = await runProgram(args, env);
    const days = [dayBefore, today()];
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [file = '', ...others] = filesBelow(folder);
    expect(others).toEqual([]);
    const [row] =
      await sql`select details ->> 'export' as export, details ->> 'requestId' as request from "ThreadCleanupLog"`;
    expect(row?.['export']).toBe(file);
    // However long it is, it stays in one piece.
    expect(stdout.replace(/\s+/g, ' ')).toContain(`Complete rows: ${file} `);
    const place = relative(join(folder, 'made/here/exports'), dirname(file));
    expect(days.map((day) => `${day}/${row?.['request']}`)).toContain(place);
    expect(file).toMatch(/\.ndjson\.gz$/);
    const rows = gunzipSync(readFileSync(file)).toString().split('\n');
    expect(rows.map((text) => text && JSON.parse(text))).toEqual([
      {
        phoneNumber: '5700001',
        name: 'Ana 🌸',
        userName: 'ana',
        labels: null,
        chatId: null,
        lastActivity: '2026-01-01T00:00:00',
        ...UNCHANGED,
      },
      '',
    ]);
    expect((await contactsByPhone(database)).get('5700001')?.threadTokenCount).toBe(0);
  });

  test('lets nobody else on the machine read them', async () => {
    const folder = newFolder();
    const file = await exportToFolder(folder, 'request-1')(['{}']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'exports')).mode & 0o777).toBe(0o700);
  });

  test('makes nothing when nothing is cleared', async () => {
    const folder = newFolder();
    expect((await runProgram(['cleanup', '--export', folder, '--token-limit', '2000000'], env)).status).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that cannot write ends with one line before anything of the batch is cleared', async () => {
    const inTheWay = join(newFolder(), 'file');
    writeFileSync(inTheWay, 'as it was');
    const { status, stderr } = await runProgram(['cleanup', '--export', join(inTheWay, 'x')], env);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^ExportFailed: [^\n]+file\/x", so it is not cleared: something on its path is a file[^\n]+\n$/,
    );
    expect(readFileSync(inTheWay, 'utf8')).toBe('as it was');
    await expectNothingCleared();
  });

  test('leaves no half file behind when the disk is full', async () => {
    const folder = newFolder();
    await sql`update "ClientView" set labels = (select string_agg(md5(i::text), '') from generate_series(1, 99) i)`;
    const { status, stderr } = await runProgram(['cleanup', '--export', folder], env, 'fullDisk');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ExportFailed: [^\n]+ is not cleared: the file would exceed the size limit[^\n]+\n$/);
    expect(filesBelow(folder)).toEqual([]);
    await expectNothingCleared();
  });

  test('never overwrites a file, and leaves it as it is', async () => {
    sameName.uuid = '00000000-0000-0000-0000-000000000000';
    const folder = newFolder();
    const exportRows = exportToFolder(folder, 'request-1');
    const file = await exportRows(['{"first":1}']);
    await expect(exportRows(['{"second":2}'])).rejects.toMatchObject({
      name: 'ExportFailed',
      message: expect.stringContaining('a file of that name already exists'),
    });
    expect(gunzipSync(readFileSync(file)).toString()).toBe('{"first":1}\n');
  });
});
