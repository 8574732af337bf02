import { inspect } from 'node:util';
import { expect } from 'vitest';
import { JobError } from '../../lambda/model/job-error.ts';

/** The error with which `act` fails; that it is one for people is asserted. */
export function failureOf(act: () => unknown): JobError {
  try {
    act();
  } catch (error) {
    return asserted(error);
  }
  throw new Error('Nothing was thrown.');
}

/** The error with which a promise ends; that it is one for people is asserted. */
export async function failureOfAsync(promise: Promise<unknown>): Promise<JobError> {
  const outcome = await promise.then(
    () => 'Nothing was thrown.',
    (error: unknown) => asserted(error),
  );
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

function asserted(error: unknown): JobError {
  expect(error).toBeInstanceOf(JobError);
  if (error instanceof JobError) return error;
  throw error;
}

/** All that anybody can get out of an error: what Lambda, `console.log` and a debugger would print. */
export function everythingIn(error: Error): string {
  return [inspect(error, { showHidden: true, depth: null }), error.stack, String(error), JSON.stringify(error)].join(
    '\n',
  );
}
