import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, expect, inject } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../../lambda/database/database.ts';
import type { TableNames } from '../../../lambda/input/settings.ts';
import { CREATE_AUDIT_TABLE } from './audit-table.ts';
import { CREATE_CLIENT_VIEW } from './client-view.ts';
import { followStatements } from './statement-log.ts';
import { unqualifiedNames } from './unqualified-names.ts';

export const TABLE_NAMES: TableNames = {
  clientViewName: { schema: undefined, name: 'ClientView' },
  auditTableName: { schema: undefined, name: 'ThreadCleanupLog' },
};

export interface TestDatabase {
  readonly url: string;
  /** The superuser, for arranging and for looking at the rows that are left. */
  readonly sql: Sql;
  /** A connection like the job's own. */
  open(options?: DatabaseOptions & { url?: string }): Promise<Database>;
}

export interface Contact {
  readonly phone: string;
  readonly tokens: number | null;
  readonly threadId?: string | null;
  readonly name?: string | null;
  readonly userName?: string | null;
}

/**
 * Makes a new database with an empty `"ClientView"`; it goes, and every connection to it, when the file is done. The file
 * fails when a statement that the job sent to it named something of `pg_catalog` without saying so (invariant 9).
 */
export async function createDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = postgres(`${server}postgres`, { max: 1, onnotice: () => undefined });
  const statementsUntil = followStatements(inject('postgresLog'), name);
  await admin.unsafe(`create database ${name}`);
  const url = `${server}${name}`;
  const sql = postgres(url, { max: 10, onnotice: () => undefined });
  await sql.unsafe(CREATE_CLIENT_VIEW);
  // As PostgreSQL 15 and later have it.
  await sql`revoke create on schema public from public`;
  const opened: Database[] = [];
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await sql.end({ timeout: 1 });
    const functions = await catalogueFunctions(admin);
    const end = `drop database ${name} with (force)`;
    await admin.unsafe(end);
    await admin.end();
    const statements = await statementsUntil(end);
    if (opened.length > 0) expect(statements).not.toEqual([]);
    const faults = [...new Set(statements)].map((statement) => ({
      names: unqualifiedNames(statement, functions),
      statement,
    }));
    expect(faults.filter(({ names }) => names.length > 0)).toEqual([]);
  });
  return {
    url,
    sql,
    open: async ({ url: other = url, ...options } = {}) => {
      const database = await openDatabase(parseDatabaseAddress(other, 'The test'), options);
      opened.push(database);
      return database;
    },
  };
}

async function catalogueFunctions(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`
    select distinct proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace`;
  return new Set(rows.map(({ name }) => name));
}

/** Forgets all rows, so that each test arranges its own. */
export async function emptyTables({ sql }: TestDatabase): Promise<void> {
  await sql`truncate "ClientView"`;
  await sql`drop table if exists "ThreadCleanupLog"`;
}

/** Creates the audit table by hand, so that other roles may be given rights on it. */
export async function createAuditTable({ sql }: TestDatabase): Promise<void> {
  await sql.unsafe(CREATE_AUDIT_TABLE);
}

export async function insertContacts({ sql }: TestDatabase, contacts: readonly Contact[]): Promise<void> {
  const rows = contacts.map(({ phone, tokens, threadId = `conv_${phone}`, name = null, userName = null }) => ({
    phoneNumber: phone,
    threadTokenCount: tokens,
    threadId,
    name,
    userName,
    lastActivity: '2026-01-01T00:00:00Z',
  }));
  if (rows.length > 0) await sql`insert into "ClientView" ${sql(rows)}`;
}

/** Puts in so many contacts at the usual limit of 1,000,000 tokens, with phones from 1 on. */
export async function insertDueContacts({ sql }: TestDatabase, count: number): Promise<void> {
  await sql`
    insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, now(), 'conv_' || n, 1000000 from generate_series(1, ${count}::int) n`;
}

export interface ContactRow {
  readonly threadId: string | null;
  readonly threadTokenCount: number | null;
}

/** What is left in the assistant's table, by phone number. */
export async function contactsByPhone({ sql }: TestDatabase): Promise<Map<string, ContactRow>> {
  const rows = await sql<(ContactRow & { phoneNumber: string })[]>`
    select "phoneNumber", "threadId", "threadTokenCount" from "ClientView" order by 1`;
  return new Map(rows.map(({ phoneNumber, ...row }) => [phoneNumber, row]));
}

export interface AuditedThread {
  readonly phone: string;
  readonly name: string;
  readonly threadId: string | null;
  readonly tokens: number;
}

/** All threads in the audit table, in the order of their rows. */
export async function auditedThreads({ sql }: TestDatabase): Promise<AuditedThread[]> {
  const rows = await sql<{ threads: AuditedThread[] }[]>`
    select details -> 'threads' as threads from "ThreadCleanupLog" order by id`;
  return rows.flatMap(({ threads }) => threads);
}

/** The same connection, with somebody who acts before each statement is sent: `step` counts from 1. */
export function interrupted(job: Database, before: (step: number) => Promise<unknown>): Database {
  let step = 0;
  return {
    ...job,
    run: async (statement) => {
      step += 1;
      await before(step);
      return job.run(statement);
    },
    change: async (change, recall) => {
      step += 1;
      await before(step);
      return job.change(change, recall);
    },
  };
}
