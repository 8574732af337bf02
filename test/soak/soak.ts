// Everything at once, for minutes: npm run test:soak -- --minutes 5 --seed 1. Ends with a table, and with status 1 when a
// single token is lost.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Sql } from 'postgres';
import { randomFrom } from '../../bin/local/sample/random.ts';
import { insertContactsAroundLimit, startAssistant } from '../support/job/assistant.ts';
import { startJobs } from '../support/job/jobs.ts';
import { balanceOf, misreportedRuns, openLedger } from '../support/job/ledger.ts';
import { letTimePass } from '../support/job/passing-time.ts';
import { cleanUpAt } from '../support/job/run.ts';
import { byWayOf, startProxy } from '../support/network/proxy.ts';
import { CREATE_AUDIT_TABLE } from '../support/postgres/audit-table.ts';
import { CREATE_CLIENT_VIEW } from '../support/postgres/client-view.ts';
import { quietClient } from '../support/postgres/quiet-client.ts';
import { startRestartableServer } from '../support/postgres/restartable-server.ts';
import { type Outcome, printTable, showProgress, wrongIn } from './report.ts';
import { cutNowAndThen, installFaults, killUntil, newStrikeCounts, strikeUntil, type Target } from './strikes.ts';

const { values: given } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(given.minutes ?? 5);
const seed = Number(given.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('Usage: npm run test:soak -- [--minutes N] [--seed N], N a number above 0 and a whole number.');
  process.exit(2);
}

const CONTACTS = 400;
const JOB_ROLE = 'thread_cleanup';

const server = await startRestartableServer();
const url = server.url('postgres');
const connect = () => quietClient(url);
const connected = async <T>(use: (sql: Sql) => Promise<T>): Promise<T> => {
  const sql = connect();
  return use(sql).finally(() => sql.end({ timeout: 1 }));
};

await connected(async (sql) => {
  await sql.unsafe(CREATE_CLIENT_VIEW);
  await openLedger(sql);
  await insertContactsAroundLimit(sql, CONTACTS);
  await sql.unsafe(CREATE_AUDIT_TABLE);
  await installFaults(sql);
  await sql.unsafe(`
    create role ${JOB_ROLE} login password 'job';
    grant all on all tables in schema public to ${JOB_ROLE};
    -- It was created closed to everybody but its owner.
    alter table "ThreadCleanupLog" owner to ${JOB_ROLE}`);
});
const jobAddress = new URL(url);
jobAddress.username = JOB_ROLE;
jobAddress.password = 'job';

const random = randomFrom(seed);
const strikes = newStrikeCounts();
const proxy = await startProxy(server.port, cutNowAndThen(strikes, random.fork()));
const target: Target = { server, connected, jobRole: JOB_ROLE, jobUrl: jobAddress.href };

console.log(
  `Seed ${seed}, ${minutes} minutes: 8 connections of the assistant, 3 cleanups, a restore, an erasure, and faults.`,
);
const end = performance.now() + minutes * 60_000;
const stopped = () => performance.now() > end;
const assistant = startAssistant(url, { connections: 8, contacts: CONTACTS, breathMs: 10, random: random.fork() });
let looking = connect();
const jobs = startJobs({
  cleanups: 3,
  quietMinutes: 10,
  jobUrl: () => byWayOf(proxy.port, jobAddress.href),
  // A new one each time: the server may have crashed since.
  sql: () => {
    void looking.end({ timeout: 1 });
    looking = connect();
    return looking;
  },
  random: random.fork(),
});
const passing = quietClient(url);
await Promise.all([
  letTimePass(() => passing, stopped),
  strikeUntil(stopped, target, strikes, random.fork()),
  killUntil(stopped, target, strikes, random.fork()),
  showProgress(stopped, end, { assistant, jobs, strikes }),
]);
await Promise.all([assistant.stop(), jobs.stop()]);
await Promise.all([looking.end({ timeout: 1 }), passing.end({ timeout: 1 })]);
await proxy.close();

const outcome: Outcome = await connected(async (sql) => {
  // What was killed or cut off at the end goes on at the server for a moment.
  const atWork = () => sql`
    select from pg_stat_activity where application_name = 'thread-cleanup' and state = 'active'`;
  while ((await atWork()).length > 0) await pause(100);
  await sql`update "Fault" set code = null`;
  const last = await cleanUpAt(url, { tokenLimit: Number.MAX_SAFE_INTEGER });
  const runs = [...jobs.runs, last];
  return {
    assistant: assistant.counts,
    strikes,
    runs,
    continued: jobs.continued,
    restores: jobs.restores,
    erasures: jobs.erasures,
    failures: jobs.failures,
    balance: await balanceOf(sql),
    misreported: await misreportedRuns(sql, runs),
  };
});
await server.stop();
printTable(outcome);
const wrong = wrongIn(outcome, minutes);
for (const sentence of wrong) console.error(sentence);
process.exitCode = wrong.length > 0 ? 1 : 0;
