import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lostStatements } from '../../../lambda/database/lost-statements.ts';
import { remainingThreads } from '../../../lambda/job/remaining.ts';
import { selectErased } from '../../../lambda/tables/audit-person.ts';
import {
  CHECK_AUDIT_NEEDS,
  openAuditTable,
  selectAuditRowAfter,
  selectRecentCleanups,
  selectRecordedBatches,
  selectRestored,
} from '../../../lambda/tables/audit-table.ts';
import { CHECK_NEEDS, openClientView } from '../../../lambda/tables/client-view.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { checkOn, cleanUpOn, eraseOn, restoreOn } from '../../support/job/run.ts';
import {
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';
import { addStrangers } from '../../support/postgres/hostile.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeAll(() => addStrangers(database));

const REQUEST_ID = '2f0c1d9a-0000-4000-8000-000000000001';
const OLD_TABLE = `create table "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
  total_tokens_cleared bigint, execution_time timestamp default now(), details jsonb)`;

test('a stranger is heard where the job would have called one', async () => {
  await expect(sql`select '1'::varchar = '1'::text`).rejects.toThrow("A stranger's code was run");
  await expect(sql`select width_bucket(1::bigint, '{1}'::bigint[])`).rejects.toThrow("A stranger's code was run");
});

async function openAudit() {
  const audit = await openAuditTable(job, TABLE_NAMES.auditTableName, 'postgres', CHECK_AUDIT_NEEDS);
  if (audit === undefined) throw new Error('There is no audit table.');
  return audit;
}

/** Ordinary results are proof enough: whatever a stranger had a part in has failed. */
describe.each([
  ['text', 'integer'],
  ['varchar(40)', 'bigint'],
  ['char(12)', 'integer'],
])('with a key of type %s and tokens of type %s, nothing of a stranger is run', (keyType, tokensType) => {
  beforeEach(async () => {
    await emptyTables(database);
    await sql.unsafe(
      `alter table "ClientView" alter "phoneNumber" type ${keyType}, alter "threadTokenCount" type ${tokensType}`,
    );
    await insertContacts(database, [
      { phone: '1', tokens: 1_000_000 },
      { phone: '22', tokens: 2_000_000, name: 'Ana', userName: 'ana' },
      { phone: '333', tokens: 900_000 },
    ]);
  });

  test('by a check, before and after a cleanup', async () => {
    expect(await checkOn(job)).toMatchObject({
      overLimitThreads: 2,
      nearLimitThreads: 1,
      totalTokens: 3_900_000,
      topThreads: [
        { phone: '22', name: 'Ana', threadId: 'conv_22', tokens: 2_000_000 },
        { phone: '1', name: '1', threadId: 'conv_1', tokens: 1_000_000 },
        { phone: '333', name: '333', threadId: 'conv_333', tokens: 900_000 },
      ],
      recentCleanups: [],
    });
    await cleanUpOn(job, { requestId: REQUEST_ID });
    expect(await checkOn(job)).toMatchObject({
      overLimitThreads: 0,
      recentCleanups: [{ requestId: REQUEST_ID, cleanedCount: 2, totalTokensCleared: 3_000_000 }],
    });
  });

  test.each([
    ['made by the job', undefined],
    ['of the old script', OLD_TABLE],
  ])('by cleanup, lists and restore with an audit table %s', async (_, createAuditTable) => {
    if (createAuditTable) await sql.unsafe(createAuditTable);
    const before = await contactsByPhone(database);
    const cleanup = await cleanUpOn(job, { requestId: REQUEST_ID });
    expect(cleanup).toMatchObject({ cleanedCount: 2, totalTokensCleared: 3_000_000, remainingCount: 0 });

    const audit = await openAudit();
    const [list] = await job.run((s) => selectRecentCleanups(s, audit, 10));
    expect(list?.runs).toMatchObject([{ requestId: REQUEST_ID, cleanedCount: 2 }]);
    const [batch] = await job.run((s) => selectRecordedBatches(s, audit, cleanup.auditIds, 1));
    expect(batch).toMatchObject({
      cleanedCount: 2,
      threads: [{ phone: '22', name: 'Ana', threadId: 'conv_22', tokens: 2_000_000 }],
    });

    const restored = { restoredCount: 2, skippedCount: 0, alreadyRestoredCount: 0 };
    expect(await restoreOn(job, { requestId: REQUEST_ID })).toMatchObject(restored);
    expect(await contactsByPhone(database)).toEqual(before);
    const again = { restoredCount: 0, skippedCount: 0, alreadyRestoredCount: 2 };
    expect(await restoreOn(job, { auditId: cleanup.auditIds[0] ?? 0 })).toMatchObject(again);
  });

  test.each([
    ['made by the job', undefined],
    ['of the old script', OLD_TABLE],
  ])('by export and expiry with an audit table %s', async (_, createAuditTable) => {
    if (createAuditTable) await sql.unsafe(createAuditTable);
    else await cleanUpOn(job, { tokenLimit: 3_000_000 });
    await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, execution_time, details)
                values (1, 1, '2020-01-01', '{}')`;
    const kept: string[] = [];
    const exportRows = async (rows: readonly string[]) => {
      kept.push(...rows);
      return 's3://bucket/key';
    };
    expect(await cleanUpOn(job, { exportRows, auditRetentionDays: 30 })).toMatchObject({ cleanedCount: 2 });
    expect(kept).toHaveLength(2);
    const rows = await sql`select details from "ThreadCleanupLog"`;
    expect(rows).toMatchObject([{ details: { export: 's3://bucket/key' } }]);
  });

  test('while conversations are quiet, and one contact is restored and erased by phone', async () => {
    expect(await checkOn(job, { quietMinutes: 30 })).toMatchObject({ overLimitThreads: 2, activeCount: 0 });
    const [auditId = 0] = (await cleanUpOn(job, { quietMinutes: 30 })).auditIds;
    await sql.unsafe(`
      create function idle() returns trigger language plpgsql as 'begin return null; end';
      create trigger idle after update on "ThreadCleanupLog" for each row execute function idle()`);
    expect(await restoreOn(job, { phone: '22' })).toMatchObject({ auditId, restoredCount: 1 });
    expect(await eraseOn(job, '22')).toMatchObject({ erasedRows: 1, threadIds: ['conv_22'] });
    await sql`drop function idle cascade`;
    const audit = await openAudit();
    expect(await job.run((s) => selectErased(s, audit, auditId, '22'))).toEqual([{ entries: 1 }]);
    expect(await restoreOn(job, { auditId })).toMatchObject({ restoredCount: 1, skippedCount: 1 });
  });

  test('while threads are locked and left, and looked at once more by key', async () => {
    await sql.begin(async (holder) => {
      await holder`select from "ClientView" for update`;
      expect(await cleanUpOn(job)).toMatchObject({ cleanedCount: 0, remainingCount: 2 });
    });
    const view = await openClientView(job, TABLE_NAMES.clientViewName, CHECK_NEEDS);
    const left = remainingThreads(job, view, 1_000_000);
    const [row] = await sql<{ place: string }[]>`select ctid::text as place from "ClientView" where name = 'Ana'::text`;
    await left.add([row?.place ?? '']);
    expect(await left.count()).toBe(1);
  });

  test('while triggers that act late are proved to have changed nothing, in a cleanup and in a restore', async () => {
    await cleanUpOn(job, { tokenLimit: 3_000_000 });
    await sql.unsafe(`
      create function idle() returns trigger language plpgsql as 'begin return null; end';
      create trigger idle after update on "ClientView" for each row execute function idle();
      create trigger idle after insert or update on "ThreadCleanupLog" for each row execute function idle()`);
    const before = await contactsByPhone(database);
    const { auditIds } = await cleanUpOn(job);
    expect(await restoreOn(job, { auditId: auditIds[0] ?? 0 })).toMatchObject({ restoredCount: 2 });
    expect(await contactsByPhone(database)).toEqual(before);
    await sql`drop function idle cascade`;
  });

  test('while refused threads are found by halves', async () => {
    await sql`alter table "ClientView" add constraint "keep" check ("threadTokenCount" <> 0 or name is null)`;
    const result = await cleanUpOn(job);
    await sql`alter table "ClientView" drop constraint "keep"`;
    expect(result).toMatchObject({ cleanedCount: 1, remainingCount: 1, warnings: [expect.stringContaining('"keep"')] });
  });

  test('by looking up what a lost statement did', async () => {
    const { auditIds } = await cleanUpOn(job, { requestId: REQUEST_ID });
    const [id = 0] = auditIds;
    await restoreOn(job, { auditId: id }, REQUEST_ID);
    const audit = await openAudit();
    await job.run(lostStatements().wait);
    expect(await job.run((s) => selectAuditRowAfter(s, audit, 0, REQUEST_ID))).toMatchObject([{ id, cleanedCount: 2 }]);
    expect(
      await job.run((s) => selectRestored(s, audit, { id, range: [0, 2], requestId: REQUEST_ID }, 0, 0)),
    ).toMatchObject([{ restored: 2 }]);
  });
});

test('nothing of a stranger is run on the way to a refusal', async () => {
  await emptyTables(database);
  const names = { ...TABLE_NAMES, clientViewName: { schema: undefined, name: 'Nowhere' } };
  await expect(checkOn(job, { tokenLimit: 1 }, names)).rejects.toThrow(
    /Tables with a column "threadTokenCount": .*public\."ClientView"/,
  );
  const role = await createRole(database);
  await sql.unsafe(`grant select, update on "ClientView" to ${role.name}`);
  const refused = await failureOfAsync(cleanUpOn(await database.open({ url: role.url })));
  expect(refused).toMatchObject({
    code: 'PrivilegeMissing',
    message: expect.stringContaining('GRANT CREATE ON SCHEMA'),
  });
});

describe('a search path', () => {
  const opened = async (path: string) => {
    const role = await createRole(database);
    await sql.unsafe(`alter role ${role.name} set search_path = ${path}`);
    await sql.unsafe(`grant select on "ClientView" to ${role.name}`);
    return database.open({ url: role.url });
  };

  test.each(['public, pg_catalog', '"$user", public, pg_catalog', 'pg_temp, public, pg_catalog'])(
    'that has another schema before pg_catalog is refused before anything else is asked: %s',
    async (path) => {
      expect(await failureOfAsync(opened(path))).toMatchObject({
        code: 'InvalidSettings',
        message: expect.stringMatching(/pg_catalog must be first in the search path .*\(got .*public, pg_catalog\)/),
      });
    },
  );

  test.each(['public', '"$user", public', 'pg_catalog, public', 'pg_temp, pg_catalog, public', 'public, pg_temp'])(
    'that has pg_catalog first, named or not, will do: %s',
    async (path) => {
      expect(await checkOn(await opened(path))).toMatchObject({ mode: 'check' });
    },
  );
});
