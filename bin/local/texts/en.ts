import { en as job } from '../../../lambda/texts/en.ts';
import { helpEn } from './help-en.ts';

const { number } = job;
const { threads, tokens, ranges } = job.widget;
const short = new Intl.NumberFormat(job.locale, { notation: 'compact', maximumFractionDigits: 1 });
const count = (n: number, one: string) => `${number(n)} ${n === 1 ? one : `${one}s`}`;

/** What the terminal says in English. Error messages are English in every language: they are looked up. */
export const en = {
  /** What the function says, and how it writes numbers. */
  job,
  help: helpEn,

  database: (host: string, port: number, database: string) => `Database: ${database} at ${host}:${port} (DATABASE_URL)`,
  sampleDatabase: (contacts: number) =>
    `Database: an embedded PostgreSQL with ${contacts} sample contacts (DATABASE_URL is not set)`,
  /** After a command that only works on a database that stays. */
  onlyOwnDatabase: '(only on your own database: the sample contacts are new each time)',

  before: 'Before the cleanup',
  state: 'State of the threads',
  cleanup: 'Cleanup',
  after: 'After the cleanup',
  restore: 'Restore',
  erasure: 'Erasure',
  confirmErasure: 'Erase this person from every audit row? It cannot be undone. [y/N]',
  /** An answer that means yes. */
  yes: /^y(es)?$/i,
  bandRanges: ranges,
  largestThreads: 'Largest threads',
  noThreads: 'No active threads yet.',
  lastCleanups: 'Last cleanups',
  noCleanups: 'No cleanups yet.',

  band: 'Band',
  ofLimit: 'Of the limit',
  threads: 'Threads',
  tokens: 'Tokens',
  phone: 'Phone',
  name: 'Name',
  thread: 'Thread',
  time: (timezone: string) => `Time (${timezone})`,
  auditRow: 'Audit row',

  auditRowDone: (id: string, time: string, cleared: number, total: number) =>
    `Audit row ${id}: ${time}, ${threads(cleared)}, ${tokens(total)}`,
  moreThreads: (more: number) => `and ${count(more, 'more thread')}`,
  moreAuditRows: (more: number) => `and ${count(more, 'more audit row')}`,
  exportedTo: (file: string) => `Complete rows: ${file}`,

  withoutThreadIds: 'recorded by the old script, without thread ids: nothing to restore',
  wholeRuns: 'Each command restores a whole run.',
  oneAuditRow: (command: string) =>
    `To restore one audit row only: ${command}\n(a large cleanup writes several; the list shows the last one)`,

  starting: 'Starting the embedded PostgreSQL …',
  cleaning: 'Cleaning up …',
  progress: (batches: number, cleared: number, expected: number, total: number) =>
    `${number(cleared)} of ${threads(expected)}, ${number(batches)} ${batches === 1 ? 'batch' : 'batches'}, ${short.format(total)} tokens`,
  perSecond: (n: number) => `${number(n)}/s`,
  timeLeft: (n: number, unit: 's' | 'min' | 'h') => `${number(n)} ${unit} left`,
};

/** A language's texts; one that lacks a text does not compile. */
export type TerminalTexts = typeof en;
