/** What went wrong, in one word that does not change: alarms, scripts and the headings of docs/operations.md refer to it. */
export const JOB_ERROR_CODES = [
  'InvalidPayload',
  'InvalidSettings',
  'SecretUnavailable',
  'ParameterUnavailable',
  'InvalidSecret',
  'DatabaseUnreachable',
  'DatabaseLoginRefused',
  'TableUnusable',
  'PrivilegeMissing',
  'CleanupRefused',
  'NotRestorable',
  'ExportFailed',
  'NoticeFailed',
  'TooManyDatabases',
  'TooManyFailed',
  'StatementTimeout',
  'StatementFailed',
  'Interrupted',
  'UnexpectedError',
] as const;
export type JobErrorCode = (typeof JOB_ERROR_CODES)[number];

/** Ends the message of a failure that may have come after something was sent. */
export const ONLY_RECORDED = 'Only the threads recorded in the audit table were cleared.';

/**
 * A failure that people can act on. Its message says what was wrong, what is allowed and what to do next.
 *
 * It has no `cause` on purpose: the errors of drivers and parsers carry query parameters, addresses and broken URLs, and
 * Lambda prints an error with everything in it.
 */
export class JobError extends Error {
  readonly code: JobErrorCode;
  /** Whether another attempt may succeed without anybody's doing. */
  readonly mayPass: boolean;

  /** @param options.mayPass whether another attempt may succeed. @default false */
  constructor(code: JobErrorCode, message: string, { mayPass = false }: { readonly mayPass?: boolean } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.mayPass = mayPass;
    // Of an error that is thrown, Lambda's runtime writes the name of its constructor to the log. That of the class is the
    // same for all, and minifying makes a letter of it.
    Object.defineProperty(this, 'constructor', { value: { name: code } });
  }
}

/**
 * Turns anything thrown into a `JobError`. An unexpected error keeps its class and the places it came
 * through, but not its message, which may quote data.
 */
export function asJobError(error: unknown): JobError {
  if (error instanceof JobError) return error;
  const known = error instanceof Error;
  const unexpected = new JobError(
    'UnexpectedError',
    `Unexpected error (${known ? error.name : typeof error}). ${ONLY_RECORDED} Please report it with the stack below.`,
  );
  unexpected.stack = [`${unexpected.name}: ${unexpected.message}`, ...(known ? framesOf(error) : [])].join('\n');
  return unexpected;
}

/** The places of a stack, which begins with the message; and that may quote another stack. */
function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  return stack
    .slice(start + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
}

const MAY_PASS = ' Another attempt may succeed.';

/** The same error with all that it says in its message, for somebody who is told the message alone. */
export function namedInMessage({ code, message, mayPass, stack }: JobError): JobError {
  const named = new JobError(code, `${code}: ${message}${mayPass ? MAY_PASS : ''}`);
  if (stack !== undefined) named.stack = stack;
  return named;
}

/**
 * Reads what `namedInMessage` wrote.
 *
 * @returns undefined for a message that does not begin with a name of ours
 */
export function readNamedMessage(text: string): JobError | undefined {
  const code = JOB_ERROR_CODES.find((known) => text.startsWith(`${known}: `));
  if (code === undefined) return undefined;
  const mayPass = text.endsWith(MAY_PASS);
  const message = text.slice(code.length + 2, mayPass ? -MAY_PASS.length : undefined);
  return new JobError(code, message, { mayPass });
}
