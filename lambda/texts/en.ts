import type { Band } from '../model/bands.ts';

const number = new Intl.NumberFormat('en-US');
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const threads = (n: number) => `${number.format(n)} ${n === 1 ? 'thread' : 'threads'}`;
const tokens = (n: number) => `${number.format(n)} ${n === 1 ? 'token' : 'tokens'}`;

/** What the function says in English. Error messages and logs are English in every language: they are looked up. */
export const en = {
  locale: 'en-US',
  number: (n: number) => number.format(n),
  /** `n` per cent, with a tenth. */
  percent: (n: number) => `${tenths.format(n)} %`,
  bands: { normal: 'Normal', caution: 'Caution', warning: 'Warning', critical: 'Critical' } satisfies Record<
    Band,
    string
  >,
  active: (active: number, contacts: number, total: number, most: number) =>
    `${number.format(active)} active ${active === 1 ? 'thread' : 'threads'} of ${number.format(contacts)} ${contacts === 1 ? 'contact' : 'contacts'}, ` +
    `${tokens(total)} in all; ` +
    `the largest has ${number.format(most)}.`,
  overLimit: (over: number, limit: number, near: number) =>
    `${threads(over)} at or over the limit of ${tokens(limit)}, ${number.format(near)} near it.`,
  wouldClear: (over: number) =>
    over === 0 ? 'A cleanup would clear nothing.' : `The next cleanup clears ${over === 1 ? 'it' : 'them'}.`,
  cleared: (cleared: number, total: number, limit: number, rows: number) =>
    `Cleared ${threads(cleared)} with ${tokens(total)} (limit ${number.format(limit)}), recorded in ` +
    `${number.format(rows)} audit ${rows === 1 ? 'row' : 'rows'}.`,
  nothingCleared: (limit: number) => `Nothing cleared with a limit of ${tokens(limit)}.`,
  /** `reached`: whether the run came by them, so that others must have kept it from clearing them. */
  remaining: (n: number, reached: boolean) =>
    `${threads(n)} over the limit ${n === 1 ? 'remains' : 'remain'} for the next run` +
    `${reached ? ' (locked or changed meanwhile)' : ''}.`,
  incomplete: 'Time ran out before the end of the table was reached; the next run goes on.',
  nearLimit: (n: number) => `${threads(n)} near the limit.`,
  undo: (command: string) => `To undo it: ${command}`,
  paused: (command: string) => `Cleanup is paused: nothing was cleared. To resume it: ${command}`,
  restored: (n: number) => `Put ${threads(n)} back.`,
  restoredBefore: (n: number) => `${threads(n)} came back earlier.`,
  skipped: (n: number) =>
    `Left ${threads(n)} as ${n === 1 ? 'it is' : 'they are'}: the contact has a newer thread, is gone or is locked just ` +
    'now, or there was no thread id.',
  stillOverLimit:
    'Those that are still over the limit would be cleared again by the next cleanup. To prevent that, raise the token ' +
    'limit or pause the cleanup before it runs.',

  /** E-mails. */
  notice: {
    clearedSubject: (cleared: number, total: number) => `Thread cleanup: ${threads(cleared)} cleared, ${tokens(total)}`,
    figure: (label: string, n: number) => `${label}: ${number.format(n)}`,
    threadsCleared: 'Threads cleared',
    tokensCleared: 'Tokens cleared',
    tokenLimit: 'Token limit',
    remaining: 'Over the limit and not cleared',
    nearLimit: 'Near the limit',
    auditRows: 'Audit rows',
    duration: (seconds: number) => `Duration: ${tenths.format(seconds)} s`,
    endedAt: 'Ended',
    requestId: 'Request id',
    function: 'Function',
    incomplete:
      'Time ran out before the end of the table was reached. The figures above are this run’s alone; the run that goes on ' +
      'sends a notice of its own when it clears something.',
    earlierAttempts:
      'An earlier attempt of this run failed. If it cleared threads, they are in the audit table under the same request ' +
      'id, but not in the figures above; the command below brings them back, too.',
    nearLimitMeaning: (n: number) =>
      `${threads(n)} ${n === 1 ? 'has' : 'have'} 80 % of the limit or more, and ${n === 1 ? 'is' : 'are'} cleared by the ` +
      'first cleanup after reaching it. The dashboard and a check list the largest.',
    undo: 'To put these threads back (a contact that has started a new thread since keeps that one):',
    check: 'To look at the threads as they are now:',
    checkAfterFailure: 'When the cause is gone, this shows whether the function works, and changes nothing:',
    failed: {
      cleanup: 'Thread cleanup failed',
      restore: 'Restoring threads failed',
      check: 'Checking threads failed',
      unknown: 'Thread cleanup refused a request',
    },
    failedAfter: (title: string, name: string, attempts: number) =>
      attempts === 0
        ? `${title} without having run: ${name}.`
        : `${title} after ${number.format(attempts)} ${attempts === 1 ? 'attempt' : 'attempts'}: ${name}.`,
    explanations: {
      timedOut:
        'Lambda stopped the function when its time was up. What is in the audit table was cleared, nothing else; the next ' +
        'run goes on. Look for the request id in the function’s log to see how far it came.',
      tooOld:
        'The request waited longer than it may and was dropped. Lambda was throttled, or earlier attempts failed for too ' +
        'long: look at the account’s concurrency and at the function’s log. The next scheduled run tries again.',
      noConcurrency:
        'The function’s reserved concurrency is 0, so Lambda runs it for nobody. Remove that setting or raise it.',
      exited:
        'The function’s process ended by itself, most often for want of memory. Look for the request id in its log, and ' +
        'give it more memory. What is in the audit table was cleared, nothing else.',
      unknown:
        'This error is none of the function’s own, and its message is not repeated here, since it may hold personal data. ' +
        'Look for the request id in the function’s log. What is in the audit table was cleared, nothing else.',
    },
  },

  /** The dashboard's widget. */
  widget: {
    activeThreads: 'Active threads',
    ofContacts: (n: number) => `of ${number.format(n)} ${n === 1 ? 'contact' : 'contacts'}`,
    totalTokens: 'Tokens in all',
    average: (n: number) => `${number.format(n)} on average`,
    largestThread: 'Largest thread',
    ofLimit: (percent: string) => `${percent} of the limit`,
    nearLimit: 'Near the limit',
    from: (tokenCount: number) => `from ${tokens(tokenCount)}`,
    overLimit: 'At or over the limit',
    byBand: 'Threads by band',
    ranges: { normal: '< 50 %', caution: '50–80 %', warning: '80–100 %', critical: '≥ 100 %' } satisfies Record<
      Band,
      string
    >,
    threads,
    tokens,
    topThreads: 'Largest threads',
    limitMark: 'The line marks the limit.',
    noThreads: 'No thread has tokens.',
    noName: 'no name',
    lastCleanups: 'Last cleanups',
    noCleanups: 'None so far.',
    asOf: (time: string, timezone: string) => `As of ${time} (${timezone}).`,
    limit: (limit: number) => `Token limit: ${number.format(limit)}.`,
    failed: 'The check failed',
    documentation:
      '## Threads of the WhatsApp assistant\n' +
      'Runs a check, which changes nothing, and draws it: threads by band, the ten largest (phone numbers shortened to ' +
      'their last four digits) and the last cleanups. A result is kept for 60 seconds.\n\n' +
      'It takes no parameters. Language, time zone and token limit are those of the deployment.',
  },
};

/** A language's texts; one that lacks a text does not compile. */
export type Texts = typeof en;
