import type { OperatorCommands } from '../operator-commands.ts';

export interface Texts {
  /** What is the matter, and what to do: CloudWatch mails it. At most 1,024 characters. */
  readonly alarms: {
    readonly runFailed: (commands: OperatorCommands) => string;
    readonly notCompleted: (commands: OperatorCommands, hours: number) => string;
    readonly remaining: (commands: OperatorCommands, hours: number) => string;
    readonly nearLimit: (commands: OperatorCommands, threads: number) => string;
    readonly paused: (commands: OperatorCommands) => string;
  };
  readonly dashboard: {
    readonly now: string;
    readonly alarms: string;
    readonly tokens: string;
    readonly threads: string;
    readonly bands: string;
    readonly cleared: string;
    readonly duration: string;
    readonly errors: string;
    readonly total: string;
    readonly largest: string;
    readonly active: string;
    readonly clearedThreads: string;
    readonly clearedTokens: string;
    readonly remaining: string;
    readonly cleanup: string;
    readonly notify: string;
    readonly widget: string;
    readonly givenUp: string;
    readonly waiting: string;
    readonly paused: string;
  };
}

/** What the stack itself shows, in English: its alarms and its dashboard. */
export const en: Texts = {
  alarms: {
    runFailed: ({ readFailures, readLog, cleanUp }) =>
      `A scheduled cleanup failed at every attempt, or it or its result could not be delivered: the dead-letter queue holds it. ` +
      `What to do: Read why (${readFailures}; ${readLog}), correct the cause, run the cleanup (${cleanUp}) and delete the message.`,
    notCompleted: ({ readLog, check, cleanUp }, hours) =>
      `No scheduled cleanup was completed in ${hours} hours. ` +
      `What to do: See whether it ran (${readLog}) and whether it can (${check}), then run the cleanup: ${cleanUp}`,
    remaining: ({ readLog, cleanUp }, hours) =>
      `Two cleanups within ${hours} hours left threads over the limit. ` +
      `What to do: Look for a transaction that holds these rows locked, and in the log (${readLog}); then run the cleanup: ${cleanUp}`,
    nearLimit: ({ check, setLimit }, threads) =>
      `At least ${threads} thread(s) are near the limit (80 % or more) and will be cleared soon. ` +
      `What to do: See which ones (${check}). If that is too early, raise the limit: ${setLimit}`,
    paused: ({ resume }) =>
      `The cleanup is paused: threads over the limit stay, and grow. ` +
      `What to do: When the reason is gone, resume it: ${resume} (this alarm ends with the next run)`,
  },
  dashboard: {
    now: 'Threads now',
    alarms: 'Alarms',
    tokens: 'Tokens',
    threads: 'Threads',
    bands: 'Threads by band, before the cleanup',
    cleared: 'Cleared per night',
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
    widget: 'Report in the dashboard',
    givenUp: 'Scheduled runs given up',
    waiting: 'In the queue of failures',
    paused: 'Paused',
  },
};
