import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failureOfAsync } from '../../support/failure.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import { auditedThreads, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
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
