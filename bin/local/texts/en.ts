import { en as job } from '../../../lambda/texts/en.ts';
import type { CsvSigns } from '../output/csv.ts';
import { helpEn } from './help-en.ts';

const { number } = job;
const { threads, tokens, ranges } = job.widget;
const compact = new Intl.NumberFormat(job.locale, { notation: 'compact', maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat(job.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const short = (n: number) => compact.format(n);
const count = (n: number, one: string) => `${number(n)} ${n === 1 ? one : `${one}s`}`;

const csv: CsvSigns = { separator: ',', decimal: '.' };

const elapsed = (seconds: number) => (seconds === 0 ? '' : ` ${number(seconds)} s`);

/** What the terminal says in English. Error messages are English in every language: they are looked up. */
export const en = {
  /** What the function says, and how it writes numbers. */
  job,
  help: helpEn,

  database: (host: string, port: number, database: string) => `Database: ${database} at ${host}:${port} (DATABASE_URL)`,
  sampleDatabase: (contacts: number) => `Database: an embedded PostgreSQL with ${contacts} sample contacts`,
  notYourDatabase:
    'DATABASE_URL is set; this demonstration leaves it alone. To work on it: npm run check, npm run cleanup.',
  confirm: (over: number, active: number, database: string, host: string) =>
    `Clear ${number(over)} of ${threads(active)} in ${database} on ${host}? [y/N]`,

  before: 'Before the cleanup',
  state: 'State of the threads',
  after: 'After the cleanup',
  erasure: 'Erasure',
  confirmErasure: 'Erase this person from every audit row? It cannot be undone. [y/N]',
  bandRanges: ranges,
  largestThreads: 'Largest threads',
  noThreads: 'No active threads yet.',
  lastCleanups: (timezone: string) => `Last cleanups (${timezone})`,
  noCleanups: 'No cleanups yet.',

  band: 'Band',
  ofLimit: 'Of the limit',
  threads: 'Threads',
  tokens: 'Tokens',
  phone: 'Phone',
  name: 'Name',
  thread: 'Thread',
  time: 'Time',
  auditRows: 'Audit rows',
  restoredColumn: 'Restored',
  restoredOf: (restored: number, cleared: number) =>
    restored >= cleared ? 'all' : `${number(restored)} of ${number(cleared)}`,
  notRestorable: 'no thread ids',
  toRestore: (command: string) => `To restore a run, give its audit rows: ${command}`,
  nothingToRestore: 'There is nothing left to restore.',

  csv,

  cleared: (n: number) => `${threads(n)} cleared`,
  restored: (n: number) => `${threads(n)} restored`,
  short,
  shortTokens: (n: number) => `${short(n)} ${n === 1 ? 'token' : 'tokens'}`,
  seconds: (n: number) => `${tenths.format(n)} s`,
  undo: (command: string) => `undo: ${command}`,
  nothingToClear: (limit: number) => `Nothing to clear: no thread has reached ${tokens(limit)}`,
  nothingCleared: 'Nothing was cleared',

  auditRowDone: (id: string, time: string, cleared: number, total: number) =>
    `Audit row ${id}: ${time}, ${threads(cleared)}, ${tokens(total)}`,
  moreThreads: (more: number) => `and ${count(more, 'more thread')}`,
  moreAuditRows: (more: number) => `and ${count(more, 'more audit row')}`,
  exportedTo: (file: string) => `Complete rows: ${file}`,

  starting: 'Starting the embedded PostgreSQL …',
  reading: (seconds: number) => `Reading the table …${elapsed(seconds)}`,
  counting: (seconds: number) => `Counting the threads …${elapsed(seconds)}`,
  progress: (batches: number, cleared: number, expected: number, total: number) =>
    `${number(cleared)} of ${threads(expected)}, ${number(batches)} ${batches === 1 ? 'batch' : 'batches'}, ${short(total)} tokens`,
  perSecond: (n: number) => `${number(n)}/s`,
  timeLeft: (n: number, unit: 's' | 'min' | 'h') => `${number(n)} ${unit} left`,

  /** Comments in what \`npm run schedule\` prints. */
  schedule: {
    environmentFile: (file: string) =>
      `The address is in ${file}, which only root can read (chmod 600), with lines such as:\n` +
      "  DATABASE_URL='postgres://USER:PASSWORD@HOST:5432/DATABASE'",
    cron:
      'For the crontab of root (sudo crontab -e), in the time zone of the machine. What goes wrong is on standard error, which cron sends ' +
      'by mail (MAILTO=); the file has one line of JSON a run.',
    systemd:
      'Save the three files, then: systemctl daemon-reload && systemctl enable --now thread-cleanup.timer\n' +
      'Results: journalctl -u thread-cleanup. Try it: systemctl start thread-cleanup',
    failure: 'Runs when a cleanup failed: change ExecStart to what reaches you.',
  },
};

/** A language's texts; one that lacks a text does not compile. */
export type TerminalTexts = typeof en;
