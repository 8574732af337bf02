import type { Band } from '../model/bands.ts';
import type { JobErrorCode } from '../model/job-error.ts';
import type { TokenLimitSource } from '../model/token-limit-source.ts';

const number = new Intl.NumberFormat('en-US');
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const threads = (n: number) => `${number.format(n)} ${n === 1 ? 'thread' : 'threads'}`;
const tokens = (n: number) => `${number.format(n)} ${n === 1 ? 'token' : 'tokens'}`;
const databases = (n: number) => `${number.format(n)} ${n === 1 ? 'database' : 'databases'}`;
const ONLY_RECORDED = 'Only the threads recorded in the audit table were cleared.';

/** What the function says in English. Error messages and logs are English in every language: they are looked up. */
export const en = {
  locale: 'en-US',
  number: (n: number) => number.format(n),
  /** `n` per cent, with a tenth. */
  percent: (n: number) => `${tenths.format(n)}%`,
  bands: { normal: 'Normal', caution: 'Caution', warning: 'Warning', critical: 'Critical' } satisfies Record<
    Band,
    string
  >,
  active: (active: number, contacts: number, total: number, most: number) =>
    `${number.format(active)} active ${active === 1 ? 'thread' : 'threads'} of ${number.format(contacts)} ${contacts === 1 ? 'contact' : 'contacts'}, ` +
    `${tokens(total)} in total; largest: ${number.format(most)}.`,
  nothingToClear: (limit: number) => `Nothing to clear: no thread has reached ${tokens(limit)}.`,
  nothingDue: 'Nothing to clear now.',
  /** Threads over the limit that are not cleared while their contact writes. */
  stillActive: (n: number) =>
    `${threads(n)} over the limit ${n === 1 ? 'is' : 'are'} left while the conversation is active (quietMinutes).`,
  /** What the next scheduled cleanup will do. */
  next: {
    clears: (over: number, limit: number) => `The next cleanup will clear ${threads(over)} (${tokens(limit)} or more).`,
    refused: (over: number, share: number, allowed: number) =>
      `The next cleanup will be refused (safety limit): it would clear ${threads(over)}, ${number.format(share)}% of the ` +
      `active threads, ${number.format(allowed)}% allowed.`,
    paused: (over: number) =>
      over === 0
        ? 'The cleanup is paused: the next one will clear nothing.'
        : `The cleanup is paused: ${threads(over)} over the limit will not be cleared.`,
  },
  /** What a cleanup with a limit of its own would do. */
  withLimit: {
    clears: (over: number, limit: number) =>
      `With a limit of ${number.format(limit)} a cleanup would clear ${threads(over)}.`,
    refused: (over: number, share: number, allowed: number, limit: number) =>
      `With a limit of ${number.format(limit)} a cleanup would be refused (safety limit): it would clear ` +
      `${threads(over)}, ${number.format(share)}% of the active threads, ${number.format(allowed)}% allowed.`,
    paused: (limit: number) =>
      `With a limit of ${number.format(limit)} a cleanup would clear nothing, because the cleanup is paused.`,
    nothing: (limit: number) => `With a limit of ${number.format(limit)} a cleanup would clear nothing.`,
  },
  /** Follows what will be cleared. */
  moreNearLimit: (n: number) => `${number.format(n)} more ${n === 1 ? 'is' : 'are'} near the limit.`,
  cleared: (cleared: number, total: number, limit: number, rows: number) =>
    `Cleared ${threads(cleared)} with ${tokens(total)} (token limit: ${number.format(limit)}), recorded in ` +
    `${number.format(rows)} audit ${rows === 1 ? 'row' : 'rows'}.`,
  nothingCleared: (limit: number) => `Nothing was cleared (token limit: ${number.format(limit)}).`,
  /** `reached`: whether the run came by them, so that others must have kept it from clearing them. */
  remaining: (n: number, reached: boolean) =>
    reached
      ? `${threads(n)} over the limit ${n === 1 ? 'was' : 'were'} not cleared (locked or changed meanwhile): run the cleanup again.`
      : `${threads(n)} over the limit ${n === 1 ? 'remains' : 'remain'} for the next run.`,
  incomplete: 'Time ran out before the end of the table; the next run continues.',
  warning: (text: string) => `Warning: ${text}`,
  nearLimit: (n: number) => `${threads(n)} ${n === 1 ? 'is' : 'are'} near the limit.`,
  restore: (command: string) => `To restore: ${command}`,
  /** Comes before the command that overrides the safety limit: a wrong limit is the usual cause. */
  wrongLimit: (limit: number, command: string) => `If the limit of ${tokens(limit)} is wrong, set another: ${command}`,
  /** The same where the limit was given for this run alone. */
  wrongOwnLimit: (limit: number, command: string) =>
    `If the limit of ${tokens(limit)} is wrong, leave it out, and the configured limit applies: ${command}`,
  thenCleanUp: (command: string) => `Then check again, and run the cleanup: ${command}`,
  force: (over: number, command: string) =>
    `Only if the limit is right, and these ${threads(over)} are meant to be cleared: ${command}`,
  paused: 'The cleanup is paused: nothing was cleared.',
  pausedMeanwhile: 'The cleanup was paused before it reached the end of the table.',
  resume: (command: string) => `To resume it: ${command}`,
  /** After resuming. */
  clearNow: (command: string) => `The next scheduled cleanup clears them then. To clear them at once: ${command}`,
  /** Where a token limit comes from. */
  limitFrom: {
    payload: 'from the payload',
    parameter: 'from the parameter',
    deployment: 'as deployed',
  } satisfies Record<TokenLimitSource, string>,
  restored: (n: number) => `Restored ${threads(n)}.`,
  restoredBefore: (n: number) => `Already restored: ${number.format(n)}.`,
  skipped: (n: number) =>
    `Skipped ${threads(n)}: the contact has a newer thread, no longer exists or is locked, was erased, or no thread id was recorded.`,
  stillOverLimit:
    'Threads still over the limit will be cleared again by the next run unless you raise the limit or pause the cleanup.',
  assistantsIds: (n: number) =>
    `${threads(n)} restored ${n === 1 ? 'has' : 'have'} a thread_… id: OpenAI no longer answers to these (Azure’s classic ` +
    'agents do until 2027-03-31).',
  erased: (rows: number) =>
    rows === 0
      ? 'No audit row names this person.'
      : `Erased the person from ${number.format(rows)} audit ${rows === 1 ? 'row' : 'rows'}.`,
  threadIdsToDelete: (n: number) =>
    `Delete ${number.format(n)} ${n === 1 ? 'thread' : 'threads'} at the AI provider (threadIds): the ids are in no other place now.`,
  exportsToExpire: (n: number) =>
    `${number.format(n)} exported ${n === 1 ? 'file holds' : 'files hold'} the person until ${n === 1 ? 'it expires' : 'they expire'} or you delete ${n === 1 ? 'it' : 'them'} (exports).`,
  erasureIncomplete:
    'Not complete: keep this receipt and run the same again, which erases the rest and gives you its own.',
  contactNotErased:
    'The contact’s own row belongs to the assistant: delete it there, or the next cleanup may record the person again.',
  /** An error's message where people read it, with what its name means in their language. */
  explainedError: (_code: JobErrorCode, message: string) => message,

  /** E-mails. */
  /** What is said of several databases at once. */
  fleet: {
    cleared: (cleared: number, total: number, withCleared: number, databaseCount: number) =>
      `Cleared ${threads(cleared)} with ${tokens(total)} in ${number.format(withCleared)} of ${databases(databaseCount)}.`,
    nothingCleared: (databaseCount: number) => `Nothing was cleared in ${databases(databaseCount)}.`,
    willClear: (over: number, withDue: number, databaseCount: number) =>
      `The next cleanup will clear ${threads(over)} in ${number.format(withDue)} of ${databases(databaseCount)}.`,
    nothingDue: (databaseCount: number) => `Nothing to clear in ${databases(databaseCount)}.`,
    willBeRefused: (n: number) => `It will be refused in ${databases(n)} (safety limit).`,
    noDatabases: 'There is no secret with the configured prefix (context key databaseSecret).',
    failed: (n: number, causes: string) => `${databases(n)} failed: ${causes}.`,
    removed: (n: number) => `${databases(n)} ${n === 1 ? 'was' : 'were'} removed during the run.`,
    unfinished: (n: number) => `Time ran out in ${databases(n)}; the next run continues.`,
    retried: (n: number) =>
      `In ${databases(n)} an earlier attempt failed. Any threads it cleared are in the audit table under another request id, ` +
      'but not in these figures.',
    clearedSubject: (cleared: number, withCleared: number) =>
      `Thread cleanup: ${threads(cleared)} cleared in ${databases(withCleared)}`,
    failedSubject: (failed: number, databaseCount: number) =>
      `Thread cleanup: ${number.format(failed)} of ${databases(databaseCount)} failed`,
    oneCause:
      'More failed than one run allows (maxFailedShare), so the run itself has failed. So many have one cause: look for what ' +
      'they share, such as the token limit, the network or a server.',
    databases: 'Databases',
    databasesCleared: 'Databases with threads cleared',
    failedDatabases: 'Failed databases',
    top: 'Most was cleared here, each with the command that restores its run:',
    failedList: 'These failed, each with the command that checks it and changes nothing:',
    moreFailed: (n: number) => `${number.format(n)} more failed: the log of this function has all of them.`,
  },

  notice: {
    clearedSubject: (cleared: number, total: number) => `Thread cleanup: ${threads(cleared)} cleared, ${tokens(total)}`,
    figure: (label: string, n: number) => `${label}: ${number.format(n)}`,
    threadsCleared: 'Threads cleared',
    tokensCleared: 'Tokens cleared',
    tokenLimit: 'Token limit',
    remaining: 'Over the limit, not cleared',
    nearLimit: 'Near the limit',
    auditRows: 'Audit rows',
    duration: (seconds: number) => `Duration: ${tenths.format(seconds)} s`,
    endedAt: 'Ended',
    requestId: 'Request id',
    function: 'Function',
    dashboard: 'Dashboard',
    incomplete: 'Time ran out before the end of the table; what was not reached is left to the next run.',
    earlierAttempts:
      'An earlier attempt of this run failed. Any threads it cleared are in the audit table under the same request id, but ' +
      'not in the figures above; the command below restores them as well.',
    /** A later attempt's "No thread was changed." says nothing of what earlier ones cleared. */
    onlyLastAttempt: (runId: string) =>
      `Threads that the run cleared before this error, if any, are in the audit table under the request id ${runId}.`,
    nearLimitMeaning: (n: number) =>
      `${threads(n)} ${n === 1 ? 'has' : 'have'} 80% of the limit or more, and ${n === 1 ? 'is' : 'are'} not cleared before ` +
      `${n === 1 ? 'it reaches' : 'they reach'} it. The dashboard and a check list the largest.`,
    cleanUpAgain:
      'Run the cleanup again, which is always safe. It is solved when the answer has "remainingCount":0; otherwise go on:',
    whoLocks:
      'Find in the database who keeps rows of the table locked, as a superuser (on RDS rds_superuser), since other roles do not ' +
      'see what others do. No row in the answer: nobody does now.',
    whichSession:
      'End the session that is "idle in transaction" or has a high age (short ones are the assistant at work) with ' +
      'select pg_terminate_backend(PID); its open transaction is rolled back.',
    repeatCleanUp: 'Run the cleanup again, as in step 1.',
    restore: (n: number) =>
      `To restore the ${threads(n)} that this run cleared (a contact that has started a new thread keeps the new one):`,
    check: 'To check the threads as they are now:',
    checkAfterFailure:
      'Once it is fixed, check. This changes nothing; "FunctionError" in the answer means that it still fails:',
    thenCleanUp: 'Then run the cleanup:',
    checkRefused: 'See what a cleanup would do. This changes nothing:',
    limitHistory: 'See who set the parameter, when and to what:',
    deleteLimit: 'Or delete the parameter, and the deployed limit applies:',
    tryLimit: 'To check with another limit without setting it:',
    checkAgain: 'Check again. The summary must say "Nothing to clear", or "will clear" and a number that you expect:',
    secrets: 'See which secrets there are, those marked for deletion (with a date) included:',
    restoreSecret: 'If it is marked for deletion, restore it:',
    createSecret:
      'If it is gone, create it (special characters in the password percent-encoded, such as %40 for @); user and password are ' +
      'those of the job at the database, whose owner can set them anew. If it has another name now, deploy with that name ' +
      '(context key databaseSecret), or create this one with the same value:',
    readSecret: 'Read the secret, which shows the password, and try user and password with psql:',
    correctSecret:
      'If the secret is wrong, store the right text, in the form that it has now (in a URL, special characters of the password ' +
      'are percent-encoded, such as %40 for @). If the secret is right, correct the database instead (alter role USER ' +
      'password …, not encoded):',
    refusedLimit: {
      payload: (limit: number) =>
        `The limit of ${number.format(limit)} tokens came from the payload of this run. If it is wrong, correct it where the ` +
        'run was started, or leave it out, and the configured limit applies. This checks with that one:',
      parameter: (limit: number) =>
        `The limit of ${number.format(limit)} tokens came from the parameter. If it is wrong, set it:`,
      deployment: (limit: number) =>
        `The limit of ${number.format(limit)} tokens came from the deployment (context key tokenLimit). If it is wrong, set ` +
        'the parameter, which takes precedence:',
    },
    limitPlaceholder: 'LIMIT',
    force: (n: number) =>
      'Only if the limit is right: this overrides the safety limit for one run and clears whatever is over the limit then ' +
      `(${threads(n)} when the run was refused):`,
    readFailures: 'Read the messages in the dead-letter queue, where this request is. No output: there are none.',
    purgeFailures:
      'When all of them are dealt with, delete them. The alarm with RunFailed in its name ends some minutes later:',
    failed: {
      cleanup: 'Thread cleanup failed',
      restore: 'Restoring threads failed',
      check: 'Checking threads failed',
      erase: 'Erasing a person failed',
      unknown: 'Thread cleanup refused a request',
    },
    failedAfter: (title: string, name: string, attempts: number) =>
      attempts === 0
        ? `${title} before it could start: ${name}.`
        : `${title} after ${number.format(attempts)} ${attempts === 1 ? 'attempt' : 'attempts'}: ${name}.`,
    explanations: {
      timedOut:
        `Lambda stopped the function because its time was up. ${ONLY_RECORDED} The next run continues. Look for the ` +
        'request id in the function’s log to see how far it got.',
      tooOld:
        'The request waited too long and was dropped: Lambda was throttled, or earlier attempts kept failing. Check the ' +
        'account’s concurrency and the function’s log. The next scheduled run tries again.',
      noConcurrency:
        'The function’s reserved concurrency is 0, so Lambda never runs it. Remove that setting or raise it.',
      exited:
        'The function’s process ended unexpectedly, usually out of memory. Look for the request id in its log, and give ' +
        `the function more memory. ${ONLY_RECORDED}`,
      unknown:
        'Unexpected error. Its message may contain personal data, so it is only in the function’s log: look for the ' +
        `request id there. ${ONLY_RECORDED}`,
    },
  },

  /** The dashboard's widget. */
  widget: {
    activeThreads: 'Active threads',
    ofContacts: (n: number) => `of ${number.format(n)} ${n === 1 ? 'contact' : 'contacts'}`,
    totalTokens: 'Tokens in total',
    average: (n: number) => `${number.format(n)} on average`,
    largestThread: 'Largest thread',
    ofLimit: (percent: string) => `${percent} of the limit`,
    nearLimit: 'Near the limit',
    from: (tokenCount: number) => `${tokens(tokenCount)} or more`,
    overLimit: 'Over the limit',
    forecast: {
      clears: (_due: number) => 'Cleared by the next cleanup.',
      /** `active`: threads over the limit that the cleanup leaves while their contacts write. */
      clearsSome: (due: number, active: number) =>
        `${number.format(due)} cleared by the next cleanup, ${number.format(active)} left while active.`,
      refused: (share: number, allowed: number) =>
        `The next cleanup will be refused: ${number.format(share)}% of the active threads, ${number.format(allowed)}% allowed.`,
      checkLimit: (limit: number, from: string) => `Is the limit of ${tokens(limit)} (${from}) right?`,
      paused: (over: number) =>
        over === 0
          ? 'The cleanup is paused.'
          : `The cleanup is paused: ${threads(over)} over the limit will not be cleared.`,
      nothing: 'Nothing to clear.',
      allActive: 'Left while the conversation is active.',
    },
    byBand: 'Threads by band',
    ranges: { normal: '< 50%', caution: '50–80%', warning: '80–100%', critical: '≥ 100%' } satisfies Record<
      Band,
      string
    >,
    threads,
    tokens,
    topThreads: 'Largest threads',
    limitMark: 'The line marks the limit.',
    noThreads: 'No active threads yet.',
    noName: 'no name',
    lastCleanups: 'Last cleanups',
    noCleanups: 'No cleanups yet.',
    asOf: (time: string, timezone: string) => `As of ${time} (${timezone}).`,
    limit: (limit: number) => `Token limit: ${number.format(limit)}.`,
    failed: 'The check failed',
    documentation:
      '## Threads of the WhatsApp assistant\n' +
      'Runs a read-only check and draws it: threads by band, the ten largest (phone numbers shortened to their last four ' +
      'digits) and the last cleanups. A result is kept for 60 seconds.\n\n' +
      'It takes no parameters. Language, time zone and token limit are those of the deployment.',
  },
};

/** A language's texts; one that lacks a text does not compile. */
export type Texts = typeof en;
