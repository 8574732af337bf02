import type { FleetCleanupResult } from '../model/fleet-results.ts';
import { JobError } from '../model/job-error.ts';

/** So many databases have a turn each within the operations that AWS allows an execution, and others a second and a third. */
export const MAX_DATABASES = 1_000;

/** AWS, durable functions: what one operation remembers. The list of secrets is one. */
const MAX_REMEMBERED_BYTES = 256 * 1024;

const number = (n: number) => n.toLocaleString('en-US');

/** @throws JobError TooManyDatabases */
export function requireFewEnough(secrets: readonly string[], prefix: string): void {
  const secondStack =
    'Deploy a second stack with another prefix (context keys stackName and databaseSecret) and rename the secrets that belong ' +
    'to it. Nothing was changed.';
  if (secrets.length > MAX_DATABASES) {
    throw new JobError(
      'TooManyDatabases',
      `More than ${number(MAX_DATABASES)} secrets have names that begin with ${prefix}, and one deployment works on at most ` +
        `${number(MAX_DATABASES)} databases. ${secondStack}`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(secrets));
  if (bytes > MAX_REMEMBERED_BYTES) {
    throw new JobError(
      'TooManyDatabases',
      `The names of the ${number(secrets.length)} secrets below ${prefix} have ${number(bytes)} bytes together, and at most ` +
        `${number(MAX_REMEMBERED_BYTES)} can be kept of them. Give the secrets shorter names, or: ${secondStack}`,
    );
  }
}

/**
 * The fleet's own safety limit, beside each database's: where so many fail, there is one cause and not many, and the run has
 * failed.
 *
 * @param maxFailedShare per cent of the databases that may fail
 * @returns the error to throw; undefined when the limit is kept
 */
export function tooManyFailed(
  { databaseCount, failedCount, failures, failed }: FleetCleanupResult,
  maxFailedShare: number,
): JobError | undefined {
  if (failedCount * 100 <= databaseCount * maxFailedShare) return undefined;
  // Rounded up, so that it is never shown as what is allowed.
  const share = Math.ceil((failedCount * 1_000) / databaseCount) / 10;
  const causes = failures.map(({ error, count }) => `${error} ${number(count)}`).join(', ');
  const names = failed.slice(0, MAX_NAMED).map(({ secret }) => secret);
  const more = failedCount - names.length;
  return new JobError(
    'TooManyFailed',
    `${number(failedCount)} of ${number(databaseCount)} databases failed (${share}%), and at most ${maxFailedShare}% may in one ` +
      `run (maxFailedShare): ${causes}. So many have one cause: look for what they share, such as the token limit, the ` +
      `network or a server. The others were cleaned up. Failed: ${names.join(', ')}` +
      `${more > 0 ? ` and ${number(more)} more, which the log has` : ''}.`,
  );
}

/** So many are named in one line; the e-mail and the log have the others. */
const MAX_NAMED = 10;
