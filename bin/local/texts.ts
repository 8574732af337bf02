import type { Band } from '../../lambda/bands.ts';
import type { CleanupProgress } from '../../lambda/cleanup.ts';
import type { DatabaseAddress } from '../../lambda/database-address.ts';
import { harmless } from './harmless.ts';

/** Everything that the terminal says by itself, apart from the help. */

const numbers = new Intl.NumberFormat('en-US');
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const number = (value: number) => numbers.format(value);
export const percent = (value: number) => `${tenths.format(value)} %`;
/** From ISO 8601 in UTC. */
export const time = (iso: string) => iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
const count = (value: number, one: string) => `${number(value)} ${value === 1 ? one : `${one}s`}`;

export const TEXTS = {
  before: 'Before the cleanup',
  state: 'State of the threads',
  cleanup: 'Cleanup',
  after: 'After the cleanup',
  largestThreads: 'Largest threads',
  noThreads: 'none has tokens',
  lastCleanups: 'Last cleanups',
  noCleanups: 'none so far',
  band: 'Band',
  threads: 'Threads',
  tokens: 'Tokens',
  ofLimit: 'Of the limit',
  phone: 'Phone',
  name: 'Name',
  thread: 'Thread',
  auditRow: 'Audit row',
  time: 'Time',
  starting: 'Starting the embedded PostgreSQL …',
  cleaning: 'Cleaning up …',
} as const;

export const BAND_TEXTS: Readonly<Record<Band, { readonly name: string; readonly range: string }>> = {
  normal: { name: 'normal', range: '< 50 %' },
  caution: { name: 'caution', range: '50–80 %' },
  warning: { name: 'warning', range: '80–100 %' },
  critical: { name: 'critical', range: '≥ 100 %' },
};

/** Which database is about to be touched; no user and no password. */
export function databaseText({ host, port, database }: DatabaseAddress): string {
  return `Database: host ${harmless(host)}, port ${port}, database ${harmless(database)} (from DATABASE_URL)`;
}

export function sampleDatabaseText(contacts: number): string {
  return `Database: an embedded PostgreSQL with ${contacts} sample contacts (DATABASE_URL is not set)`;
}

export function auditRowText(id: number, executionTime: string, threads: number, tokens: number): string {
  return `${TEXTS.auditRow} ${number(id)}: ${time(executionTime)}, ${count(threads, 'thread')}, ${count(tokens, 'token')}`;
}

export const moreThreads = (more: number) => `and ${count(more, 'more thread')}`;
export const moreAuditRows = (more: number) => `and ${count(more, 'more audit row')}`;

/** How a cleanup from a terminal is undone: by the function. */
export function undoText(requestId: string): string {
  return `the function's payload ${JSON.stringify({ mode: 'restore', requestId })}`;
}

export function progressText({ cleanedCount, totalTokensCleared, expectedCount, durationMs }: CleanupProgress): string {
  const perSecond = cleanedCount / (durationMs / 1000);
  const left = Math.max(0, expectedCount - cleanedCount);
  return [
    `${number(cleanedCount)} of ${count(expectedCount, 'thread')}`,
    count(totalTokensCleared, 'token'),
    `${number(Math.round(perSecond))}/s`,
    ...(perSecond > 0 ? [`${number(Math.ceil(left / perSecond))} s left`] : []),
  ].join(', ');
}
