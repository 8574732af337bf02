import { beforeEach, describe, expect, test } from 'vitest';
import { loadFunctionSettings } from '../../../lambda/input/settings.ts';
import { FUNCTION_WORDS, readRefusal } from '../../../lambda/model/refusal.ts';
import type { Forecast } from '../../../lambda/model/results.ts';
import { TOKEN_LIMIT_SOURCES } from '../../../lambda/model/token-limit-source.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';

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
      /^With a limit of 1,000 tokens \(as deployed\) this run would clear 51 of 100 active threads \(51%\); a run may clear at most 50% of them \(maxClearedShare\)\. Nothing was changed\. .*"force": true\.$/,
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

describe('a check says what the cleanup then does', () => {
  test.each<[over: number, under: number, forecast: Forecast]>([
    [0, 10, { next: 'nothing' }],
    [8, 10, { next: 'clears', threads: 8 }],
    [20, 0, { next: 'clears', threads: 20 }],
    [60, 40, { next: 'refused', threads: 60, share: 60, allowed: 50 }],
    [21, 0, { next: 'refused', threads: 21, share: 100, allowed: 50 }],
  ])('with %i threads over the limit and %i below it', async (over, under, forecast) => {
    await arrange(over, under);
    const checked = await checkOn(job, { tokenLimit: 1_000 });
    expect(checked.forecast).toEqual(forecast);
    const run = runCleanup(50);
    if (forecast.next === 'refused') {
      await expect(run).rejects.toThrow(`${over} of ${over + under} active threads (${forecast.share}%)`);
    } else expect((await run).cleanedCount).toBe(over);
  });

  test('when it is paused, however many threads are over the limit', async () => {
    await arrange(60, 40);
    expect((await checkOn(job, { tokenLimit: 1_000, paused: true })).forecast).toEqual({ next: 'paused' });
    expect(await cleanUpOn(job, { tokenLimit: 1_000, maxClearedShare: 50, paused: true })).toMatchObject({
      cleanedCount: 0,
      paused: true,
    });
  });

  test('and never shows a share that is refused as the share that is allowed', async () => {
    await arrange(61, 39);
    expect((await checkOn(job, { tokenLimit: 1_000, maxClearedShare: 61 })).forecast).toEqual({
      next: 'clears',
      threads: 61,
    });
    expect((await checkOn(job, { tokenLimit: 1_000, maxClearedShare: 60.96 })).forecast).toMatchObject({
      next: 'refused',
      share: 61,
    });
    await insertContacts(database, [{ phone: 'one more', tokens: 1_000 }]);
    // 62 of 101 are 61.386… %.
    expect((await checkOn(job, { tokenLimit: 1_000, maxClearedShare: 61.38 })).forecast).toMatchObject({ share: 61.4 });
  });
});

test.each(TOKEN_LIMIT_SOURCES)('a refusal says that its limit came from the %s, and is read again', async (from) => {
  await arrange(1_021, 0);
  const refused = await failureOfAsync(
    cleanUpOn(job, { tokenLimit: 1_000, tokenLimitFrom: from, maxClearedShare: 50 }),
  );
  expect(refused.message).toContain(`tokens (${FUNCTION_WORDS.limitFrom[from]}) this run`);
  expect(readRefusal(refused.message)).toEqual({ tokenLimit: 1_000, tokenLimitFrom: from, threads: 1_021 });
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
