import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { failureOfAsync } from '../../support/failure.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import { byWayOf, startProxy } from '../../support/network/proxy.ts';
import { PATIENCE } from '../../support/patience.ts';
import { auditedThreads, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
import { closeGate } from '../../support/postgres/gate.ts';
import { pgbouncerProgram, startPgbouncer } from '../../support/postgres/pgbouncer.ts';

const database = await createDatabase();
const TOKEN_LIMIT = 1_000_000;

describe.skipIf(pgbouncerProgram === undefined)(
  `through PgBouncer in transaction mode${pgbouncerProgram ? '' : ' (skipped: pgbouncer is not installed)'}`,
  () => {
    let port: number;
    beforeAll(async () => {
      const pooler = await startPgbouncer(database.url);
      port = pooler.port;
      return pooler.stop;
    });
    beforeEach(async () => {
      await emptyTables(database);
      await insertContacts(database, [
        { phone: '1', tokens: 1_500_000 },
        { phone: '2', tokens: 1_000_000 },
        { phone: '3', tokens: 10 },
      ]);
    });

    const open = (statementTimeoutMs?: number) => {
      const address = new URL(database.url);
      address.port = String(port);
      address.search = '?pgbouncer=true&connection_limit=1';
      return database.open({ url: address.href, ...(statementTimeoutMs && { statementTimeoutMs }) });
    };
    test('check and cleanup work, again and again on the same connection', async () => {
      const connection = await open();
      expect(await checkOn(connection, { tokenLimit: TOKEN_LIMIT })).toMatchObject({ overLimitThreads: 2 });
      expect(await cleanUpOn(connection, { requestId: 'run-1' })).toMatchObject({
        cleanedCount: 2,
        totalTokensCleared: 2_500_000,
      });
      expect(await checkOn(connection, { tokenLimit: TOKEN_LIMIT })).toMatchObject({
        overLimitThreads: 0,
        recentCleanups: [{ requestId: 'run-1', cleanedCount: 2 }],
      });
      expect(await cleanUpOn(connection, { requestId: 'run-2' })).toMatchObject({ cleanedCount: 0, complete: true });
      expect(await auditedThreads(database)).toHaveLength(2);
    });

    test('several jobs at once share a single connection to the server, since none keeps it between statements', async () => {
      const connections = await Promise.all([open(), open(), open()]);
      const results = await Promise.all(
        connections.map((connection, n) => cleanUpOn(connection, { requestId: `run-${n}` })),
      );
      expect(results.reduce((sum, { cleanedCount }) => sum + cleanedCount, 0)).toBe(2);
      expect(await auditedThreads(database)).toHaveLength(2);
    });

    test.each([
      ['a wrong password', { password: 'wrong' }],
      ['a user that does not exist', { username: 'nobody' }],
    ])('%s is refused at once as such, though a pooler has no code of its own for it', async (_, wrong) => {
      const address = Object.assign(new URL(database.url), { port: String(port), ...wrong });
      const start = performance.now();
      expect(await failureOfAsync(database.open({ url: address.href }))).toMatchObject({
        code: 'DatabaseLoginRefused',
        message: expect.stringMatching(/^The pooler at .* refuses the user or the password \(08P01\)\. Check both/),
      });
      expect(performance.now() - start).toBeLessThan(10_000);
    });

    describe('when the connection breaks, and the pooler lets the statement go on', () => {
      /** By way of a proxy: a pooler does not pass on what it has not read when its client hangs up. */
      const throughProxy = async () => {
        const proxy = await startProxy(port, () => () => 'pass');
        onTestFinished(proxy.close);
        return { connection: await database.open({ url: byWayOf(proxy.port, database.url) }), cut: proxy.hangUp };
      };
      const isThere = (words: string, wait: string) =>
        vi.waitUntil(async () => {
          const [row] = await database.sql`
            select count(*)::int as statements from pg_stat_activity
             where datname = current_database() and query like ${`%${words}%`} and wait_event = ${wait}`;
          return row?.['statements'] === 1;
        }, PATIENCE);
      const isWaitedFor = () => isThere('pg_advisory_xact_lock(', 'advisory');

      test('the session bears another name at the server than the one that the job gave it', async () => {
        const connection = await open();
        const [row] = await connection.run(
          (sql) => sql<{ name: string }[]>`select pg_catalog.current_setting('application_name') as name`,
        );
        expect(row?.name).toMatch(/^thread-cleanup - 127\.0\.0\.1:\d+$/);
      });

      test('inside the statement, a cleanup says what is in the table', async () => {
        const gate = await closeGate(database.sql, '1');
        const { connection, cut } = await throughProxy();
        const run = cleanUpOn(connection);
        await gate.reached();
        cut();
        await isWaitedFor();
        await gate.open();
        expect(await run).toMatchObject({
          cleanedCount: 2,
          totalTokensCleared: 2_500_000,
          auditCount: 1,
          remainingCount: 0,
        });
        expect(await auditedThreads(database)).toHaveLength(2);
      });

      test('while the statement waits for a migration, a cleanup says what is in the table', async () => {
        const { connection, cut } = await throughProxy();
        const running = await database.sql.begin(async (migration) => {
          await migration`lock table "ClientView" in exclusive mode`;
          const run = cleanUpOn(connection);
          await isThere('cleared as (', 'relation');
          cut();
          await isWaitedFor();
          return { run };
        });
        expect(await running.run).toMatchObject({
          cleanedCount: 2,
          totalTokensCleared: 2_500_000,
          auditCount: 1,
          remainingCount: 0,
        });
        expect(await auditedThreads(database)).toHaveLength(2);
      });
    });

    test('a statement that takes too long is cancelled at the server', async () => {
      const connection = await open(300);
      expect(await failureOfAsync(connection.run((sql) => sql`select pg_catalog.pg_sleep(60)`))).toMatchObject({
        code: 'StatementTimeout',
      });
      const sleeping = await database.sql`
        select from pg_stat_activity where query like 'select pg_catalog.pg_sleep%' and state = 'active' and datname = current_database()`;
      expect(sleeping).toHaveLength(0);
    });
  },
);
