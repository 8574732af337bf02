import { expect, test } from 'vitest';
import { readFailure, readResult } from '../../../lambda/fleet/outcome.ts';
import { databaseCheck, databaseCleanup } from '../../../lambda/model/fleet-results.ts';
import { JOB_ERROR_CODES, JobError, namedInMessage } from '../../../lambda/model/job-error.ts';
import { DELETED_SECRET, NO_SUCH_SECRET } from '../../../lambda/model/named-secret.ts';
import { RESULT } from '../../support/aws/run-events.ts';
import { checkResult } from '../../support/browser/check-results.ts';
import { NEXT } from '../../support/fleet/scripted-engine.ts';

test('what the function answers to the fleet is read as it was written, continuation included', () => {
  const { warnings: _, ...result } = { ...RESULT, warnings: ['a warning'] };
  const handedOut = databaseCleanup({ ...result, warnings: [], next: { mode: 'cleanup', next: NEXT } }, undefined);
  const outcome = readResult(JSON.parse(JSON.stringify(handedOut)));
  expect(outcome).toMatchObject({ kind: 'cleaned', cleanup: { cleanedCount: 12, next: NEXT } });
});

test('of a check nothing but counts is handed out: no phone, name, thread id or text', () => {
  const result = checkResult();
  const handedOut = databaseCheck(result);
  expect(textsIn(handedOut)).toEqual(['check', result.forecast.next]);
  expect(readResult(JSON.parse(JSON.stringify(handedOut)))).toEqual({ kind: 'checked', check: handedOut });
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test.each([undefined, null, 7, 'a text', [], {}, { mode: 'restore' }, { mode: 'cleanup', cleanedCount: -1 }])(
  'anything else that it returns is a failure: %j',
  (payload) => {
    expect(readResult(payload)).toEqual({ kind: 'failed', error: 'UnexpectedError', message: '', mayPass: false });
  },
);

test('an error has its own name and message', () => {
  for (const code of JOB_ERROR_CODES) {
    const { message } = namedInMessage(new JobError(code, 'What is wrong: this. Do that.'));
    expect(message).toBe(`${code}: What is wrong: this. Do that.`);
    expect(readFailure(message)).toMatchObject({
      error: code,
      message: 'What is wrong: this. Do that.',
      mayPass: false,
    });
  }
});

test('what passes by itself may be tried again, and the words that say so are not part of the message', () => {
  const { message } = namedInMessage(new JobError('DatabaseUnreachable', 'It is starting.', { mayPass: true }));
  expect(message).toBe('DatabaseUnreachable: It is starting. Another attempt may succeed.');
  expect(readFailure(message)).toEqual({
    ...{ kind: 'failed', error: 'DatabaseUnreachable', message: 'It is starting.', mayPass: true },
  });
});

test.each([NO_SUCH_SECRET, DELETED_SECRET])(
  'a secret that is gone is a database that was removed, and no failure: %s',
  (reason) => {
    expect(
      readFailure(`SecretUnavailable: The secret "prod/tenants/a" cannot be read: ${reason} Nothing was changed.`),
    ).toMatchObject({ kind: 'removed' });
  },
);

test.each([
  ['2026-01-02T03:00:00.000Z 1b2c Task timed out after 900.00 seconds', 'TimedOut', false],
  ['RequestId: 1b2c Error: Runtime exited with error: signal: killed', 'Exited', false],
  ['Rate exceeded', 'UnexpectedError', true],
  ['Invoke failed', 'UnexpectedError', true],
])('what Lambda says is told by its kind, and none of its words: %s', (text, error, mayPass) => {
  expect(readFailure(text)).toEqual({ kind: 'failed', error, message: '', mayPass });
});
