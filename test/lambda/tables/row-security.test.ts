import { beforeEach, describe, expect, test } from 'vitest';
import { restore } from '../../../lambda/job/restore.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const role = await createRole(database);
const { sql } = database;

const run = (statements: string) => sql.unsafe(statements.replaceAll('ROLE', role.name));
const asRole = () => database.open({ url: role.url });
const OPEN = (table: string) =>
  `CREATE POLICY thread_cleanup ON public."${table}" TO ${role.name} USING (true) WITH CHECK (true);`;

beforeEach(async () => {
  await run('drop policy if exists p on "ClientView"; alter table "ClientView" disable row level security');
  await emptyTables(database);
  await createAuditTable(database);
  await run(
    'grant all on "ClientView", "ThreadCleanupLog" to ROLE; grant all on all sequences in schema public to ROLE',
  );
  await insertContacts(database, [
    { phone: '1', tokens: 1_500_000 },
    { phone: '2', tokens: 1_000_000 },
    { phone: '3', tokens: 1_000_000 },
  ]);
});

describe("with policies on the contacts' table", () => {
  beforeEach(() => run('alter table "ClientView" enable row level security'));

  test('a role that none lets see a row is refused by check and cleanup alike, which say how to open the table', async () => {
    const connection = await asRole();
    for (const attempt of [() => checkOn(connection), () => cleanUpOn(connection)]) {
      expect(await failureOfAsync(attempt())).toMatchObject({
        code: 'PrivilegeMissing',
        message: expect.stringContaining(`sees no row of public."ClientView"`),
      });
    }
    const failure = await failureOfAsync(checkOn(connection));
    expect(failure.message).toContain(OPEN('ClientView'));
    await run(OPEN('ClientView'));
    expect(await cleanUpOn(connection)).toMatchObject({ cleanedCount: 3, remainingCount: 0 });
    await run('drop policy thread_cleanup on "ClientView"');
  });

  test('a table without a page is empty, and no reason to refuse', async () => {
    await sql`truncate "ClientView"`;
    const connection = await asRole();
    expect(await checkOn(connection)).toMatchObject({ totalContacts: 0 });
    expect(await cleanUpOn(connection)).toMatchObject({ cleanedCount: 0 });
  });

  test('a role that sees some of the rows is told that it may not see all', async () => {
    await run(`create policy p on "ClientView" to ROLE using ("phoneNumber" <> '3')`);
    const connection = await asRole();
    const warning = expect.stringMatching(
      /^Policies of row-level security apply to the role .* on public\."ClientView": threads/,
    );
    expect(await checkOn(connection)).toMatchObject({
      overLimitThreads: 2,
      warnings: [warning],
    });
    const result = await cleanUpOn(connection);
    expect(result).toMatchObject({ cleanedCount: 2, warnings: [warning] });
    expect(result.warnings[0]).toContain(OPEN('ClientView'));
    const restored = await restore(connection, TABLE_NAMES, { requestId: result.requestId }, 'restore');
    expect(restored).toMatchObject({ restoredCount: 2, warnings: [warning] });
  });

  test('a thread that a policy does not let clear is left, and the others are cleared', async () => {
    await run(`create policy p on "ClientView" to ROLE using (true) with check ("phoneNumber" <> '2')`);
    expect(await cleanUpOn(await asRole())).toMatchObject({
      cleanedCount: 2,
      remainingCount: 1,
      warnings: [
        expect.stringContaining('Policies of row-level security'),
        expect.stringMatching(
          /^1 thread was not cleared, because a policy of row-level security of public\."ClientView"/,
        ),
      ],
    });
    expect((await auditedThreads(database)).map(({ phone }) => phone)).toEqual(['1', '3']);
  });
});

describe('with policies on the audit table', () => {
  test('a role for whom there is none clears nothing, and learns how to open the table', async () => {
    await sql`alter table "ThreadCleanupLog" enable row level security`;
    const connection = await asRole();
    const { warnings } = await checkOn(connection);
    expect(warnings).toEqual([expect.stringContaining(OPEN('ThreadCleanupLog'))]);
    expect(await failureOfAsync(cleanUpOn(connection))).toMatchObject({
      code: 'PrivilegeMissing',
      message: expect.stringMatching(
        /^A policy of row-level security refuses what would be written to "ThreadCleanupLog" \(42501\)/,
      ),
    });
    expect((await contactsByPhone(database)).get('1')).toMatchObject({ threadTokenCount: 1_500_000 });
    await run(OPEN('ThreadCleanupLog'));
    expect(await cleanUpOn(connection)).toMatchObject({ cleanedCount: 3 });
  });

  test('the table that the job has made itself is open to its role, and closed to another one until there is a policy', async () => {
    await sql`drop table "ThreadCleanupLog"`;
    const owner = await database.open();
    expect(await cleanUpOn(owner)).toMatchObject({ cleanedCount: 3, warnings: [] });
    await run('grant all on "ThreadCleanupLog" to ROLE');
    await insertContacts(database, [{ phone: '4', tokens: 1_500_000 }]);
    expect(await failureOfAsync(cleanUpOn(await asRole()))).toMatchObject({ code: 'PrivilegeMissing' });
    await run(OPEN('ThreadCleanupLog'));
    expect(await cleanUpOn(await asRole())).toMatchObject({ cleanedCount: 1 });
  });

  test('a restore that may read an audit row and not note in it who was restored says so, and restores nobody', async () => {
    const { requestId } = await cleanUpOn(await asRole());
    await run(
      'alter table "ThreadCleanupLog" enable row level security; create policy r on "ThreadCleanupLog" for select to ROLE using (true)',
    );
    expect(await failureOfAsync(restore(await asRole(), TABLE_NAMES, { requestId }, 'restore'))).toMatchObject({
      code: 'PrivilegeMissing',
      message: expect.stringMatching(/can read audit row \d+, but a policy of row-level security keeps it from noting/),
    });
    expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: null, threadTokenCount: 0 });
    await run(OPEN('ThreadCleanupLog'));
    expect(await restore(await asRole(), TABLE_NAMES, { requestId }, 'restore')).toMatchObject({ restoredCount: 3 });
  });
});
