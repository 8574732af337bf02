import { beforeEach, expect, test } from 'vitest';
import { loadFunctionSettings } from '../../../lambda/input/settings.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import {
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';

const database = await createDatabase();
const job = await database.open();
beforeEach(() => emptyTables(database));

const runCleanup = (maxClearedShare: number | undefined, tokenLimit = 1_000) =>
  cleanUpOn(job, { tokenLimit, maxClearedShare });

/** `over` threads above 1,000 tokens, `under` active ones below, and one contact without tokens. */
async function arrange(over: number, under: number) {
  await insertContacts(database, [
    ...Array.from({ length: over }, (_, index) => ({ phone: `over ${index}`, tokens: 1_000 + index })),
    ...Array.from({ length: under }, (_, index) => ({ phone: `under ${index}`, tokens: 1 + index })),
    { phone: 'inactive', tokens: 0 },
  ]);
}

test('refuses to clear more than the largest share, gives both figures, and changes nothing', async () => {
  await arrange(51, 49);
  const before = await contactsByPhone(database);
  await expect(runCleanup(50)).rejects.toMatchObject({
    name: 'CleanupRefused',
    message: expect.stringMatching(
      /limit of 1,000 tokens .* 51 of 100 active threads \(51%\); a run may clear at most 50% of them .*"force": true/,
    ),
  });
  expect(await contactsByPhone(database)).toEqual(before);
  expect(await database.sql`select to_regclass('"ThreadCleanupLog"') as log`).toEqual([{ log: null }]);
});

test('clears exactly the largest share', async () => {
  await arrange(50, 50);
  expect(await runCleanup(50)).toMatchObject({ cleanedCount: 50 });
});

test('lets up to 20 threads go whatever their share, and not 21', async () => {
  await arrange(20, 0);
  expect(await runCleanup(50)).toMatchObject({ cleanedCount: 20 });
  await emptyTables(database);
  await arrange(21, 0);
  await expect(runCleanup(50)).rejects.toMatchObject({ name: 'CleanupRefused' });
});

test('force overrides it, for this run', async () => {
  await arrange(100, 0);
  expect(await runCleanup(undefined)).toMatchObject({ cleanedCount: 100 });
});

test('takes its figures from the check', async () => {
  await arrange(60, 40);
  const { overLimitThreads, activeThreads } = await checkOn(job, { tokenLimit: 1_000 });
  await expect(runCleanup(59.9)).rejects.toThrow(`${overLimitThreads} of ${activeThreads} active threads`);
  expect(await runCleanup(60)).toMatchObject({ cleanedCount: 60 });
});

test.each(['0', '101', '-1', 'half', '50%', '1e2'])('a share of "%s" is refused, with what it must be', (share) => {
  const env = { DATABASE_SECRET_ID: 'secret', MAX_CLEARED_SHARE: share };
  expect(() => loadFunctionSettings(env)).toThrow(
    /^MAX_CLEARED_SHARE must be a percentage from 1 to 100, without the % sign \(got .*\)\./,
  );
});

test('half of the active threads may be cleared unless configured otherwise', () => {
  expect(loadFunctionSettings({ DATABASE_SECRET_ID: 'secret' }).maxClearedShare).toBe(50);
});
