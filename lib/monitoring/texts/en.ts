/** Commands for the AWS CLI that outputs and runbooks name, the dashboard's address, and a query. */
export interface OperatorCommands {
  readonly dashboard: string;
  readonly check: string;
  /** Checks one of many databases; ends with NAME for it. Absent where there is one. */
  readonly checkOne?: string;
  readonly cleanUp: string;
  /** Shows who paused the cleanup, and when. */
  readonly pauseHistory: string;
  readonly resume: string;
  /** Ends with LIMIT, for a number of tokens. */
  readonly setLimit: string;
  readonly readLog: string;
  /** Reads every message of the dead-letter queue, and deletes them all. */
  readonly readFailures: string;
  readonly purgeFailures: string;
  /** The same two for one shell, which keeps the queue's address: short enough for an alarm. */
  readonly readQueue: string;
  readonly purgeQueue: string;
  /** SQL: finds who keeps rows of the contacts' table locked. */
  readonly findLocks: string;
}

/** What the stack itself shows, in English: its alarms and its dashboard. */
export const en = {
  alarms: {
    runFailed: ({ readQueue, cleanUp, purgeQueue }: OperatorCommands) =>
      'A scheduled run failed or did not arrive. ' +
      `What to do: 1. Read the queue: ${readQueue}\n2. Correct it (refused: is the limit wrong?), then ${cleanUp}\n` +
      `3. Empty it: ${purgeQueue}\n`,
    /** The same of a run over many databases. */
    fleetFailed: ({ readQueue, cleanUp, purgeQueue }: OperatorCommands) =>
      'The run over all databases failed. ' +
      `What to do: 1. Read the queue: ${readQueue}\n2. Correct what they share, then ${cleanUp}\n3. Empty it: ${purgeQueue}\n`,
    fleetRemaining: ({ findLocks }: OperatorCommands, hours: number) =>
      `Two runs in ${hours} h left threads over the limit in some databases. ` +
      `What to do: 1. Which? See the dashboard's table (remainingCount).\n2. In that database: ${findLocks}\n` +
      '3. End the idle or old session: select pg_terminate_backend(PID); the next run clears them.\n',
    notCompleted: ({ readLog, check, cleanUp }: OperatorCommands, hours: number) =>
      `No scheduled cleanup completed within ${hours} hours. ` +
      `What to do: 1. Did it run? ${readLog}\n2. Can it run? ${check}\n3. Once it can: ${cleanUp}\n`,
    fleetNotCompleted: ({ readLog, cleanUp }: OperatorCommands, hours: number) =>
      `No scheduled cleanup completed within ${hours} hours. ` +
      `What to do: 1. Did it run? ${readLog}\n2. Can it run? Check, with the dashboard's command.\n3. Once it can: ${cleanUp}\n`,
    remaining: ({ cleanUp, findLocks }: OperatorCommands, hours: number) =>
      `Two runs in ${hours} h left threads over the limit. ` +
      `What to do: 1. Run it again: ${cleanUp}\n2. Some left: ${findLocks}\n` +
      '3. End the idle or old session: select pg_terminate_backend(PID); and 1 again.\n',
    nearLimit: ({ check, setLimit }: OperatorCommands, threads: number) =>
      `${threads === 1 ? 'One or more' : `${threads.toLocaleString('en-US')} or more`} threads are near the limit (80% or more) and will be cleared soon. ` +
      `What to do: Check which ones (${check}). If that is too early, raise the limit: ${setLimit}\n`,
    fleetNearLimit: ({ setLimit }: OperatorCommands, threads: number) =>
      `${threads === 1 ? 'One or more' : `${threads.toLocaleString('en-US')} or more`} threads of all databases are near the limit (80% or more) and will be cleared soon. ` +
      `What to do: Check, with the dashboard's command. If that is too early, raise the limit: ${setLimit}\n`,
    paused: ({ pauseHistory, resume }: OperatorCommands) =>
      'The cleanup is paused: threads over the limit keep growing. Nothing is broken; it can wait. ' +
      `What to do: 1. See who paused it: ${pauseHistory}\n2. No longer needed? Resume: ${resume}\n` +
      '3. This alarm ends within an hour of the next run, also by hand.\n',
    failedDatabases: ({ checkOne = '' }: OperatorCommands) =>
      'Databases were not cleaned up in the last run. ' +
      `What to do: 1. Which, and why? See the e-mail or the dashboard's table.\n2. Look at one: ${checkOne}\n` +
      '3. Correct the cause; the next run cleans it up.\n',
    /** Ends every alarm. */
    dashboard: ({ dashboard }: OperatorCommands) => `More: ${dashboard}`,
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
    databases: 'Databases in the last run',
    failedDatabases: 'Failed databases',
    fleet: 'Run over all databases',
    commands: 'Commands',
    command: {
      checkOne: 'Check one database (changes nothing)',
      check: 'Check (changes nothing)',
      cleanUp: 'Clean up now',
      resume: 'Resume a paused cleanup',
      setLimit: 'Set the token limit',
      readLog: 'Read the log',
      readFailures: 'Read the dead-letter queue',
      purgeFailures: 'Empty it, which ends the alarm RunFailed some minutes later',
      findLocks: 'Find who keeps rows locked (SQL)',
    },
  },
};

/** A language's texts; one that lacks a text does not compile. Alarm texts: at most 1,024 characters, CloudWatch mails them. */
export type Texts = typeof en;
