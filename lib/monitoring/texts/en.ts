/** Commands for the AWS CLI that outputs and runbooks name. */
export interface OperatorCommands {
  readonly check: string;
  readonly cleanUp: string;
  readonly resume: string;
  /** Ends with LIMIT, for a number of tokens. */
  readonly setLimit: string;
  readonly readLog: string;
  readonly readFailures: string;
}

/** What the stack itself shows, in English: its alarms and its dashboard. */
export const en = {
  alarms: {
    runFailed: ({ readFailures, readLog, cleanUp }: OperatorCommands) =>
      `A scheduled cleanup failed on every attempt, or could not be delivered. Details are in the dead-letter queue. ` +
      `What to do: Read why (${readFailures}; ${readLog}), fix the cause, run the cleanup (${cleanUp}) and delete the message.`,
    notCompleted: ({ readLog, check, cleanUp }: OperatorCommands, hours: number) =>
      `No scheduled cleanup completed within ${hours} hours. ` +
      `What to do: Check whether it ran (${readLog}) and whether it can run (${check}), then run the cleanup: ${cleanUp}`,
    remaining: ({ readLog, cleanUp }: OperatorCommands, hours: number) =>
      `Two cleanups within ${hours} hours left threads over the limit. ` +
      `What to do: Look for a transaction that keeps these rows locked, and check the log (${readLog}); then run the cleanup: ${cleanUp}`,
    nearLimit: ({ check, setLimit }: OperatorCommands, threads: number) =>
      `${threads === 1 ? 'One or more' : `${threads.toLocaleString('en-US')} or more`} threads are near the limit (80% or more) and will be cleared soon. ` +
      `What to do: Check which ones (${check}). If that is too early, raise the limit: ${setLimit}`,
    paused: ({ resume }: OperatorCommands) =>
      `The cleanup is paused: threads over the limit are not cleared and keep growing. ` +
      `What to do: Once the pause is no longer needed, resume the cleanup: ${resume} (this alarm ends with the next run)`,
  },
  dashboard: {
    now: 'Threads now',
    alarms: 'Alarms',
    tokens: 'Tokens',
    threads: 'Threads',
    bands: 'Threads by band, before the cleanup',
    cleared: 'Cleared per day',
    duration: 'Duration of the cleanup',
    errors: 'Errors',
    total: 'All threads',
    largest: 'Largest thread',
    active: 'Active',
    clearedThreads: 'Threads',
    clearedTokens: 'Tokens',
    remaining: 'Not cleared',
    cleanup: 'Cleanup',
    notify: 'Notices',
    widget: 'Widget',
    givenUp: 'Failed scheduled runs',
    waiting: 'Dead-letter queue',
    paused: 'Paused',
  },
};

/** A language's texts; one that lacks a text does not compile. Alarm texts: at most 1,024 characters, CloudWatch mails them. */
export type Texts = typeof en;
