import type { Row } from 'postgres';
import { beforeAll, expect, test } from 'vitest';
import { ensureAuditTable, proveCleared, proveRestored, recordCleared } from '../../../lambda/tables/audit-table.ts';
import {
  CLEANUP_NEEDS,
  type ClientView,
  clearThreads,
  countCleared,
  countRestored,
  openClientView,
  selectOpening,
  selectReport,
  selectStillDue,
  selectTotals,
} from '../../../lambda/tables/client-view.ts';
import { createDatabase, TABLE_NAMES } from '../../support/postgres/database.ts';

const LIMIT = 1_000_000;
const CONTACTS = 1_000_000;
/** As many as a batch has. */
const BATCH = 2_000;
const TOP_THREADS = 10;

const database = await createDatabase();
const { sql } = database;
const unanalysed = await createDatabase();
const job = await database.open();
let view: ClientView;

/** Each with a token count of its own, and analysed: that is what an aggregate by groups is planned as one process for. */
beforeAll(async () => {
  await sql.unsafe(`
    insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, now(), 'conv_' || n, case when n % 100 = 0 then ${LIMIT} + n else n end
      from generate_series(1, ${CONTACTS}) n`);
  await sql`analyze "ClientView"`;
  view = await openClientView(job, TABLE_NAMES.clientViewName, CLEANUP_NEEDS);
});

/** The plan of a statement: each node as `Parallel Seq Scan`, `Partial Aggregate` or what it is called. */
async function planOf(statement: string, server = sql): Promise<string[]> {
  const [row] = await server.unsafe(`explain (format json) ${statement}`);
  const nodes = (plan: Row): string[] => {
    const mode = plan['Parallel Aware'] ? 'Parallel ' : plan['Partial Mode'] === 'Partial' ? 'Partial ' : '';
    return [`${mode}${plan['Node Type']}`, ...(plan['Plans'] ?? []).flatMap(nodes)];
  };
  return nodes(row?.['QUERY PLAN'][0].Plan);
}

const textOf = async (query: { describe(): PromiseLike<{ string: string }> }) => (await query.describe()).string;

const PARALLEL = ['Gather', 'Partial Aggregate', 'Parallel Seq Scan'];

test('a cleanup reads a large table once, in parallel, for its figures and the places of what is due', async () => {
  const statement = await textOf(selectOpening(sql, view, LIMIT));
  expect(statement.includes('string_agg')).toBe(view.serverVersion >= 160_000);
  expect(await planOf(statement)).toEqual(expect.arrayContaining(PARALLEL));
  expect((await planOf(statement)).filter((node) => node.endsWith('Scan'))).toEqual(['Parallel Seq Scan']);
});

test('the figures are counted in parallel on every version', async () => {
  expect(await planOf(await textOf(selectTotals(sql, view, LIMIT)))).toEqual(expect.arrayContaining(PARALLEL));
  const old = { ...view, serverVersion: 130_000 };
  expect(await planOf(await textOf(selectOpening(sql, old, LIMIT)))).toEqual(expect.arrayContaining(PARALLEL));
});

test('a check counts its figures in parallel', async () => {
  const statement = await textOf(selectReport(sql, view, LIMIT, TOP_THREADS, undefined));
  expect(await planOf(statement.replaceAll('$1', String(TOP_THREADS)))).toEqual(expect.arrayContaining(PARALLEL));
});

test('a batch is cleared by its places, without reading the table or an index', async () => {
  const due = await sql<{ place: string }[]>`
    select ctid::text as place from "ClientView" where "threadTokenCount" >= ${LIMIT} limit ${BATCH}`;
  const audit = await ensureAuditTable(job, TABLE_NAMES.auditTableName, view.owner);
  const places = due.map(({ place }) => place);
  const cleared = clearThreads(view, places, LIMIT);
  const { sql: statement } = recordCleared(audit, { tokenLimit: LIMIT, requestId: 'r' }, cleared, false);
  const scans = (await planOf(statement)).filter((node) => /Seq|Index|Bitmap|Tid/.test(node));
  expect(scans).toEqual(['Tid Scan', 'Tid Scan']);
});

test('contacts are looked up by their key, also where the planner expects few that are as asked', async () => {
  await unanalysed.sql.unsafe(`
    alter table "ClientView" set (autovacuum_enabled = off);
    insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, now(), 'conv_' || n, ${LIMIT} from generate_series(1, 20000) n`);
  const other = await unanalysed.open();
  const itsView = await openClientView(other, TABLE_NAMES.clientViewName, CLEANUP_NEEDS);
  const audit = await ensureAuditTable(other, TABLE_NAMES.auditTableName, itsView.owner);
  const stillDue = await textOf(selectStillDue(unanalysed.sql, itsView, [], LIMIT));
  for (const statement of [
    proveCleared(audit, (phones) => countCleared(itsView, phones)).sql,
    proveRestored(audit, (entries) => countRestored(itsView, entries)).sql,
    stillDue.replaceAll('$1', "'[]'"),
  ]) {
    expect((await planOf(statement, unanalysed.sql)).filter((node) => node === 'Seq Scan')).toEqual([]);
  }
});
