/** Commands for the AWS CLI that outputs and runbooks name, the dashboard's address, and a query. */
export interface OperatorCommands {
  readonly dashboard: string;
  readonly check: string;
  readonly cleanUp: string;
  readonly resume: string;
  /** Ends with LIMIT, for a number of tokens. */
  readonly setLimit: string;
  readonly readLog: string;
  /** Reads every message of the dead-letter queue, and deletes them all. */
  readonly readFailures: string;
  readonly purgeFailures: string;
  /** SQL: finds who keeps rows of the contacts' table locked. */
  readonly findLocks: string;
}

/** What the stack itself shows, in English: its alarms and its dashboard. */
export const en = {
  alarms: {
    runFailed: ({ readFailures, purgeFailures }: OperatorCommands) =>
      'A scheduled cleanup failed on every attempt, or could not be delivered. ' +
      `What to do: Read why in the dead-letter queue (${readFailures}). Fix the cause and run the cleanup. Then delete the ` +
      `messages (${purgeFailures}).`,
    notCompleted: ({ readLog, check }: OperatorCommands, hours: number) =>
      `No scheduled cleanup completed within ${hours} hours. ` +
      `What to do: Check whether it ran (${readLog}) and whether it can run (${check}). Then run the cleanup.`,
    remaining: ({ findLocks }: OperatorCommands, hours: number) =>
      `Two cleanups within ${hours} hours left threads over the limit. ` +
      `What to do: Find who keeps these rows locked, in the database (${findLocks}) and end that session ` +
      '(select pg_terminate_backend(PID)). The next cleanup clears them.',
    nearLimit: ({ check, setLimit }: OperatorCommands, threads: number) =>
      `${threads === 1 ? 'One or more' : `${threads.toLocaleString('en-US')} or more`} threads are near the limit (80% or more) and will be cleared soon. ` +
      `What to do: Check which ones (${check}). If that is too early, raise the limit: ${setLimit}`,
    paused: ({ resume }: OperatorCommands) =>
      `The cleanup is paused: threads over the limit are not cleared and keep growing. ` +
      `What to do: Once the pause is no longer needed, resume the cleanup: ${resume} (this alarm ends with the next run).`,
    /** Ends every alarm. */
    dashboard: ({ dashboard }: OperatorCommands) => ` More commands: ${dashboard}`,
  },
  dashboard: {
    now: 'Threads now',
    alarms: 'Alarms',
    tokens: 'Tokens',
    limit: 'Token limit',
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
    commands: 'Commands',
    command: {
      check: 'Check (changes nothing)',
      cleanUp: 'Clean up now',
      resume: 'Resume a paused cleanup',
      setLimit: 'Set the token limit',
      readLog: 'Read the log',
      readFailures: 'Read the dead-letter queue',
      purgeFailures: 'Empty it, which ends the alarm RunFailed',
      findLocks: 'Find who keeps rows locked (SQL)',
    },
  },
};

/** A language's texts; one that lacks a text does not compile. Alarm texts: at most 1,024 characters, CloudWatch mails them. */
export type Texts = typeof en;
