import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { listNearLimit } from '../../../lambda/job/near-limit.ts';
import {
  createDatabase,
  emptyTables,
  insertContacts,
  insertDueContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';
import { runProgram, startProgram } from '../program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const HEAD = 'phone,name,threadId,tokens,percent,band\r\n';

beforeEach(() => emptyTables(database));

describe('npm run check -- --csv', () => {
  test('lists every thread that the next cleanup will clear and every one near the limit, and nothing else', async () => {
    await insertContacts(database, [
      { phone: '5700001', tokens: 799_999 },
      { phone: '5700002', tokens: 800_000, name: 'Ana, "la jefa"' },
      { phone: '5700003', tokens: 1_500_000, name: '=1+1' },
      { phone: '5700004', tokens: 1_000_000, name: '', userName: 'beto', threadId: null },
      { phone: '5700005', tokens: null },
    ]);
    expect(await runProgram(['check', '--csv'], env)).toEqual({
      status: 0,
      stderr: '',
      stdout:
        `${HEAD}5700003,'=1+1,conv_5700003,1500000,150,critical\r\n` +
        '5700004,beto,,1000000,100,critical\r\n5700002,"Ana, ""la jefa""",conv_5700002,800000,80,warning\r\n',
    });
    const { stdout } = await runProgram(['check', '--csv', '--token-limit', '2M'], env);
    expect(stdout).toBe(HEAD);
  });

  test('begins with the mark by which Excel knows UTF-8, also where it lists nothing', async () => {
    const { stdout } = startProgram(['check', '--csv'], env);
    if (stdout === null) throw new Error('It has no standard output.');
    expect((await buffer(stdout)).toString('latin1')).toBe(`\xef\xbb\xbf${HEAD}`);
  });

  test('lists them all, however many there are, in one snapshot and page by page', async () => {
    await insertDueContacts(database, 12_345);
    const job = await database.open();
    const pages: number[] = [];
    await listNearLimit(job, TABLE_NAMES, 1_000_000, async (threads) => {
      if (pages.length === 0) await database.sql`update "ClientView" set "threadTokenCount" = 0`;
      pages.push(threads.length);
    });
    expect(pages.reduce((total, page) => total + page, 0)).toBe(12_345);
    expect(Math.max(...pages)).toBeLessThanOrEqual(1_000);
  });

  test('waits for what becomes of a page, and passes its failure on, also of the last one', async () => {
    await insertDueContacts(database, 1_500);
    const job = await database.open();
    const take = (failing: number) => {
      let page = 0;
      return async () => {
        page += 1;
        if (page === failing) throw new Error(`page ${page}`);
      };
    };
    for (const failing of [1, 2]) {
      await expect(listNearLimit(job, TABLE_NAMES, 1_000_000, take(failing))).rejects.toThrow();
      expect(await job.run((sql) => sql<{ one: number }[]>`select 1 as one`)).toEqual([{ one: 1 }]);
    }
  });

  test('ends quietly when nobody reads on', async () => {
    await insertDueContacts(database, 20_000);
    expect(await runProgram(['check', '--csv'], env, 'nobody')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'status 141\n',
    });
  });
});
