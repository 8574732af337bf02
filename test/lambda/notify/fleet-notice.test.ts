import { expect, test } from 'vitest';
import { addFigures } from '../../../lambda/model/figures.ts';
import type { FleetCleanupResult } from '../../../lambda/model/fleet-results.ts';
import { fleetNotice } from '../../../lambda/notify/fleet-notice.ts';
import { fleetCheckSummary, fleetCleanupSummary } from '../../../lambda/texts/fleet-summary.ts';
import { textsOf } from '../../../lambda/texts/texts-of.ts';

const CONTEXT = {
  language: 'en',
  timezone: 'UTC',
  functionName: 'cleanup',
  region: 'eu-west-1',
  dashboardUrl: 'https://console.example/dashboard',
} as const;
const ENDED_AT = '2026-01-02T03:01:30.000Z';
const RESULT: FleetCleanupResult = {
  mode: 'cleanup',
  startedAt: '2026-01-02T03:00:00.000Z',
  databaseCount: 1_000,
  failedCount: 0,
  removedCount: 0,
  failures: [],
  failed: [],
  cleanedCount: 1_204,
  totalTokensCleared: 1_300_000_000,
  cleanedDatabaseCount: 310,
  nearLimitCount: 40,
  remainingCount: 0,
  activeCount: 0,
  unfinishedCount: 0,
  retriedCount: 0,
  paused: false,
  top: [
    {
      secret: 'prod/tenants/acme',
      requestId: 'run-1',
      cleanedCount: 120,
      totalTokensCleared: 130_000_000,
      remainingCount: 0,
      durationMs: 400,
      retried: false,
    },
  ],
  durationMs: 90_000,
};
const FAILED: Partial<FleetCleanupResult> = {
  failedCount: 130,
  failures: [
    { error: 'DatabaseUnreachable', count: 128 },
    { error: 'TimedOut', count: 1 },
    { error: 'UnexpectedError', count: 1 },
  ],
  failed: [
    { secret: 'prod/tenants/b', error: 'DatabaseUnreachable', message: 'db.example.com, port 5432 did not answer.' },
    { secret: 'prod/tenants/c', error: 'TimedOut', message: '' },
    { secret: 'prod/tenants/d', error: 'UnexpectedError', message: '' },
  ],
};
const notice = (changes: Partial<FleetCleanupResult> = {}, failed = false, context = CONTEXT) =>
  fleetNotice({ ...RESULT, ...changes }, failed, ENDED_AT, context);
const command = (payload: string) =>
  `    aws lambda invoke --region eu-west-1 --function-name cleanup --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '${payload}' /dev/stdout`;

test('says the sums, and the databases that cleared most, each with the command that undoes it', () => {
  expect(notice()).toEqual({
    subject: 'Thread cleanup: 1,204 threads cleared in 310 databases',
    text: [
      'Databases: 1,000\nFailed databases: 0\nDatabases with threads cleared: 310\nThreads cleared: 1,204\n' +
        'Tokens cleared: 1,300,000,000\nOver the limit, not cleared: 0\nNear the limit: 40\nDuration: 90.0 s',
      'Ended: January 2, 2026 at 03:01 (UTC)\nFunction: cleanup\nDashboard: https://console.example/dashboard',
      'Most was cleared here, each with the command that restores its run:',
      'prod/tenants/acme: 120 threads, 130,000,000 tokens',
      `${command('{"mode":"restore","requestId":"run-1","secret":"prod/tenants/acme"}')}\n`,
    ].join('\n\n'),
  });
});

test('every database that failed has its error, what to do, and the command to look at it', () => {
  const { subject, text = '' } = notice(FAILED, true) ?? {};
  expect(subject).toBe('Thread cleanup: 130 of 1,000 databases failed');
  expect(text).toMatch(
    /^130 databases failed: DatabaseUnreachable 128, TimedOut 1, UnexpectedError 1\.\n\nMore failed than/,
  );
  expect(text).toContain(
    `prod/tenants/b: DatabaseUnreachable\ndb.example.com, port 5432 did not answer.\n\n${command('{"mode":"check","secret":"prod/tenants/b"}')}`,
  );
  expect(text).toContain('prod/tenants/c: TimedOut\nLambda stopped the function because its time was up.');
  expect(text).toContain('prod/tenants/d: UnexpectedError\nUnexpected error.');
  expect(text).toMatch(/\n\n127 more failed: the log of this function has all of them\.\n$/);
});

test('in Spanish a sentence in Spanish goes before an English message', () => {
  const { subject, text = '' } =
    fleetNotice({ ...RESULT, ...FAILED }, false, ENDED_AT, { ...CONTEXT, language: 'es' }) ?? {};
  expect(subject).toBe('Limpieza de threads: fallaron 130 de 1.000 bases de datos');
  expect(text).toContain(
    'prod/tenants/b: DatabaseUnreachable\nNo hay conexión con la base de datos.\n\ndb.example.com, port 5432 did not answer.',
  );
  expect(text).not.toContain('maxFailedShare');
});

test('what people may wonder about is said', () => {
  const { text } = notice({ removedCount: 1, unfinishedCount: 2, retriedCount: 3, paused: true }) ?? {};
  expect(text).toContain('1 database was removed during the run.');
  expect(text).toContain('Time ran out in 2 databases; the next run continues.');
  expect(text).toContain('In 3 databases an earlier attempt failed.');
  expect(text).toContain('The cleanup is paused');
});

test('a night in which nothing was cleared and nothing failed sends nothing', () => {
  expect(notice({ cleanedCount: 0, cleanedDatabaseCount: 0, top: [] })).toBeUndefined();
});

test('an e-mail with a hundred failures is smaller than what SNS takes', () => {
  const failed = Array.from({ length: 100 }, (_, n) => ({
    secret: `prod/tenants/${'x'.repeat(480)}${n}`,
    error: 'DatabaseUnreachable' as const,
    message: 'm'.repeat(1_000),
  }));
  const { text = '' } = notice({ ...FAILED, failed }) ?? {};
  // SNS, Publish: 262,144 bytes.
  expect(Buffer.byteLength(text)).toBeLessThan(262_144);
});

test('the summaries say the same in a few lines', () => {
  const en = textsOf('en');
  expect(fleetCleanupSummary({ ...RESULT, ...FAILED, removedCount: 2 }, en)).toBe(
    'Cleared 1,204 threads with 1,300,000,000 tokens in 310 of 1,000 databases.\n' +
      '130 databases failed: DatabaseUnreachable 128, TimedOut 1, UnexpectedError 1.\n2 databases were removed during the run.',
  );
  const check = {
    ...{
      startedAt: RESULT.startedAt,
      databaseCount: 3,
      failedCount: 0,
      removedCount: 0,
      failures: [],
      failed: [],
      top: [],
    },
    mode: 'check',
    figures: addFigures([]),
    forecast: { clears: 1, refused: 1, paused: 0, nothing: 1, threads: 8 },
  } as const;
  expect(fleetCheckSummary(check, en)).toBe(
    '0 active threads of 0 contacts, 0 tokens in total; largest: 0.\nThe next cleanup will clear 8 threads in 1 of 3 databases.\n' +
      'It will be refused in 1 database (safety limit).',
  );
  const none = 'There is no secret with the configured prefix (context key databaseSecret).';
  expect(fleetCheckSummary({ ...check, databaseCount: 0 }, en)).toBe(none);
  expect(fleetCleanupSummary({ ...RESULT, databaseCount: 0, cleanedCount: 0 }, en)).toBe(none);
});
