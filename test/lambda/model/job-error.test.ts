import { expect, test } from 'vitest';
import { asJobError, JobError } from '../../../lambda/model/job-error.ts';
import { everythingIn } from '../../support/failure.ts';

const CANARY = 'canary-573001234567';

function somethingThatBreaks(): Error {
  return new TypeError(`Cannot read ${CANARY}`, { cause: new Error(`${CANARY} in the cause`) });
}

test('an unexpected error keeps its class and the places it came through, and nothing of what it says', () => {
  const failure = asJobError(somethingThatBreaks());
  expect(failure).toBeInstanceOf(JobError);
  expect(failure).toMatchObject({ name: 'UnexpectedError', code: 'UnexpectedError' });
  expect(failure.message).toMatch(/^Unexpected error \(TypeError\)\..*Please report it/);
  const everything = everythingIn(failure);
  expect(everything).not.toContain(CANARY);
  expect(everything).toMatch(/^\s+at somethingThatBreaks \(.*job-error\.test\.ts:\d+:\d+\)$/m);
});

test.each([
  ['quotes another stack', `first line\n    at ${CANARY} (file.ts:1:2)`],
  ['is one letter', 'a'],
  ['is empty', ''],
])('so it does where the message %s', (_, message) => {
  const { stack = '' } = asJobError(new TypeError(message));
  expect(stack).not.toContain(CANARY);
  expect(stack).toMatch(/^\s+at .*job-error\.test\.ts:\d+:\d+/m);
});

test('an error whose message was changed afterwards keeps no places, since they cannot be told from what it said', () => {
  const error = new TypeError(`    at ${CANARY}`);
  error.message = 'other';
  expect(everythingIn(asJobError(error))).not.toContain(CANARY);
});

test('an error for people stays the same object', () => {
  const failure = new JobError('CleanupRefused', 'Too many threads.');
  expect(asJobError(failure)).toBe(failure);
});

test('the log line that Lambda itself writes of it names it by its code', () => {
  expect(new JobError('CleanupRefused', 'Too many threads.').constructor.name).toBe('CleanupRefused');
  expect(asJobError(somethingThatBreaks()).constructor.name).toBe('UnexpectedError');
});

test.each([
  ['a text', CANARY, 'string'],
  ['an object', { message: CANARY, stack: `Error\n    at ${CANARY}` }, 'object'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'object'],
])('%s that was thrown is named by its type alone', (_, thrown, type) => {
  const failure = asJobError(thrown);
  expect(failure).toMatchObject({ name: 'UnexpectedError', code: 'UnexpectedError' });
  expect(failure.message).toContain(`Unexpected error (${type}).`);
  expect(failure.stack).toBe(`UnexpectedError: ${failure.message}`);
  expect(everythingIn(failure)).not.toContain(CANARY);
});
