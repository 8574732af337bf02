import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { synthesiseFunction } from '../support/aws/deployed-function.ts';
import {
  GET_PARAMETERS,
  GET_SECRET_VALUE,
  parameterValues,
  secretText,
  startFakeAws,
} from '../support/aws/fake-aws.ts';
import { PATIENCE } from '../support/patience.ts';
import { contactsByPhone, createDatabase, emptyTables, insertDueContacts } from '../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const aws = await startFakeAws();

/** The function of a deployment with these options. */
function deploy(options: Readonly<Record<string, string>> = {}) {
  const deployed = synthesiseFunction({ databaseSecret: 'prod/database-url', ...options });
  const instance = deployed.start(aws.environment);
  afterAll(async () => {
    await instance.end();
    deployed.remove();
  });
  aws.answer(GET_PARAMETERS, parameterValues({}));
  return instance;
}

const standard = deploy();
const otherwise = deploy({ language: 'es', maxClearedShare: '100', auditRetentionDays: '1' });
aws.answer(GET_SECRET_VALUE, secretText(database.url));
afterAll(() => aws.close());
beforeEach(() => emptyTables(database));

const dueCount = async () =>
  (await sql`select count(*)::int as due from "ClientView" where "threadTokenCount" >= 1000000`)[0]?.['due'];

test('a cleanup that would clear most threads is refused, and done when it is forced', async () => {
  await insertDueContacts(database, 21);
  const { error } = await standard.invoke({ mode: 'cleanup' });
  expect(error).toMatchObject({
    errorType: 'CleanupRefused',
    errorMessage: expect.stringMatching(
      /would clear 21 of 21 active threads \(100%\); a run may clear at most 50% of them/,
    ),
  });
  expect(await dueCount()).toBe(21);
  const { result: checked } = await standard.invoke();
  expect(checked).toMatchObject({
    forecast: { next: 'refused', threads: 21, share: 100, allowed: 50 },
    summary: expect.stringMatching(
      /\nIf the limit .* is wrong, set another: aws ssm put-parameter .*\/token-limit .*'\{"mode":"cleanup"\}'.*these 21 threads are meant to be cleared: aws lambda .*'\{"mode":"cleanup","force":true\}'/s,
    ),
  });
  expect((await standard.invoke({ mode: 'cleanup', force: true })).result).toMatchObject({ cleanedCount: 21 });
  expect(await dueCount()).toBe(0);
});

test('a paused cleanup clears nothing, and the command that it names resumes it', async () => {
  await insertDueContacts(database, 2);
  aws.answer(GET_PARAMETERS, parameterValues({ '/WhatsAppThreadCleanup/state': 'paused' }));
  onTestFinished(() => aws.answer(GET_PARAMETERS, parameterValues({})));
  const { result } = await standard.invoke({ mode: 'cleanup' });
  expect(result).toMatchObject({ paused: true, cleanedCount: 0 });
  expect(result?.['summary']).toContain(
    "aws ssm put-parameter --region eu-west-1 --type String --overwrite --allowed-pattern '^(enabled|paused)$' " +
      '--name /WhatsAppThreadCleanup/state --value enabled',
  );
});

test('a check says that the cleanup is paused and how to resume it, and with a limit of its own what that one would do', async () => {
  await insertDueContacts(database, 2);
  aws.answer(GET_PARAMETERS, parameterValues({ '/WhatsAppThreadCleanup/state': 'paused' }));
  const { result: paused } = await standard.invoke();
  aws.answer(GET_PARAMETERS, parameterValues({}));
  expect(paused).toMatchObject({
    tokenLimitFrom: 'deployment',
    forecast: { next: 'paused' },
    summary: expect.stringMatching(
      /\nTo resume it: aws ssm put-parameter --region eu-west-1 .*\/WhatsAppThreadCleanup\/state --value enabled\n.*'\{"mode":"cleanup"\}'.*$/,
    ),
  });
  expect((await standard.invoke({ mode: 'check', tokenLimit: 5_000_000 })).result).toMatchObject({
    tokenLimitFrom: 'payload',
    forecast: { next: 'nothing' },
    summary: expect.stringContaining('With a limit of 5,000,000 a cleanup would clear nothing.'),
  });
});

test('a cleanup says how to restore it, and the command does it, for the run and for an audit row', async () => {
  await insertDueContacts(database, 2);
  const { result, requestId } = await standard.invoke({ mode: 'cleanup' });
  const payload = { mode: 'restore', requestId };
  expect(String(result?.['summary']).split('\n').at(-1)).toBe(
    'To restore: aws lambda invoke --region eu-west-1 --function-name thread-cleanup --cli-read-timeout 0 ' +
      `--cli-binary-format raw-in-base64-out --payload '${JSON.stringify(payload)}' /dev/stdout`,
  );
  expect((await standard.invoke(payload)).result).toMatchObject({ requestId, restoredCount: 2, skippedCount: 0 });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'conv_1', threadTokenCount: 1_000_000 });
  const again = await standard.invoke({ mode: 'cleanup' });
  const [auditId] = Object.values(again.result?.['auditIds'] ?? {});
  expect((await standard.invoke({ mode: 'restore', auditId })).result).toMatchObject({ auditId, restoredCount: 2 });
  expect(await dueCount()).toBe(2);
});

test('a cleanup that Lambda is about to stop clears no more, and says that it is not complete', async () => {
  await insertDueContacts(database, 5);
  const { result } = await standard.invoke({ mode: 'cleanup' }, { remainingMs: 25_000 });
  expect(result).toMatchObject({ cleanedCount: 0, remainingCount: 5, complete: false });
  expect(result?.['next']).toMatchObject({ mode: 'cleanup', next: { page: 0, tokenLimit: 1_000_000, unreached: 5 } });
});

test('the payload that an incomplete cleanup hands out continues its run: its limit, its request id, its place', async () => {
  await insertDueContacts(database, 25);
  const payload = { mode: 'cleanup', tokenLimit: 500_000, force: true };
  const { result, requestId } = await standard.invoke(payload, { remainingMs: 25_000 });
  const continued = await standard.invoke(result?.['next']);
  expect(continued.result).toMatchObject({
    cleanedCount: 25,
    complete: true,
    requestId,
    tokenLimit: 500_000,
    tokenLimitFrom: 'payload',
    startedAt: result?.['startedAt'],
  });
  expect(continued.result).not.toHaveProperty('next');
  const [row] = await database.sql`select details ->> 'requestId' as run from "ThreadCleanupLog"`;
  expect(row).toEqual({ run: requestId });
  expect(String(continued.result?.['summary'])).toContain(`"requestId":"${requestId}"`);
});

describe('the metrics of a cleanup', () => {
  const metricsOf = async (alias?: string) => {
    const before = standard.log.length;
    await insertDueContacts(database, 3);
    await standard.invoke({ mode: 'cleanup' }, alias === undefined ? {} : { alias });
    const isMetrics = (line: string) => line.includes('"_aws"');
    const line = await vi.waitUntil(() => standard.log.slice(before).find(isMetrics), PATIENCE);
    return JSON.parse(line);
  };

  test('say that a scheduled one completed', async () => {
    expect(await metricsOf('scheduled')).toMatchObject({
      service: 'WhatsAppThreadCleanup',
      ThreadsCleared: 3,
      TokensCleared: 3_000_000,
      OverLimitThreads: 3,
      RemainingThreads: 0,
      CleanupPaused: 0,
      CleanupCompleted: 1,
    });
  });

  test('do not say so of one by hand, which must not hide that the schedule is broken', async () => {
    const metrics = await metricsOf();
    expect(metrics).toMatchObject({ ThreadsCleared: 3 });
    expect(metrics).not.toHaveProperty('CleanupCompleted');
  });
});

test('what a deployment sets is what the function does: language, share, and how long audit rows are kept', async () => {
  await insertDueContacts(database, 21);
  await standard.invoke({ mode: 'cleanup', force: true });
  await sql`update "ThreadCleanupLog" set execution_time = now() - interval '25 hours'`;
  await sql`update "ClientView" set "threadTokenCount" = 1000000`;
  const { result } = await otherwise.invoke({ mode: 'cleanup' });
  expect(result).toMatchObject({
    cleanedCount: 21,
    summary: expect.stringMatching(/^Se limpiaron 21 threads con 21\.000\.000 de tokens/),
  });
  expect(await sql`select id::int from "ThreadCleanupLog"`).toEqual([{ id: 2 }]);
});
