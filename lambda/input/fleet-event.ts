import * as v from 'valibot';
import { JobError } from '../model/job-error.ts';
import { nameSafely, quoteSafely } from '../model/quote-safely.ts';

/** What the fleet does in every database. */
export interface FleetCommand {
  readonly mode: 'check' | 'cleanup';
  /** Whether the schedule asked for it: only such a run counts as completed. */
  readonly scheduled: boolean;
}

const ALLOWED = '{"mode":"check"}, {"mode":"cleanup"}, or nothing for a check';

const command = v.strictObject({
  mode: v.exactOptional(v.picklist(['check', 'cleanup']), 'check'),
  scheduled: v.exactOptional(v.boolean(), false),
});

/**
 * Reads the payload of the function that invokes the cleanup function for each database. As there, a payload without a mode
 * is a check.
 *
 * @throws JobError InvalidPayload, with what it must be
 */
export function parseFleetEvent(event: unknown): FleetCommand {
  const parsed = v.safeParse(command, event ?? {});
  // To valibot a list is an object.
  if (parsed.success && !Array.isArray(event)) return parsed.output;
  throw new JobError(
    'InvalidPayload',
    `For all databases the payload must be ${ALLOWED} (got ${given(event, parsed.issues)}). Whatever is about one database goes to the ` +
      'cleanup function, with "secret". Nothing was changed.',
  );
}

/** What is wrong with a payload: a key that is not allowed, a key's value, or all of it. */
function given(event: unknown, [issue]: readonly v.BaseIssue<unknown>[] = []): string {
  const key = issue?.path?.[0]?.key;
  if (issue === undefined || key === undefined) return quoteSafely(event);
  if (issue.expected === 'never') return `the key ${nameSafely(String(key))}`;
  return `${nameSafely(String(key))}: ${quoteSafely(issue.input)}`;
}
