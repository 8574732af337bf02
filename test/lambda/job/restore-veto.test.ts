import { expect, test } from 'vitest';
import { cleanUpAt, restoreAt } from '../../support/job/run.ts';
import { createDatabase, insertContacts } from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql, url } = database;

test('a thread that was locked but not put back, here because a trigger forbids it, is not noted as restored', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  const [auditId = 0] = (await cleanUpAt(url)).auditIds;
  await sql.unsafe(`
    create function veto() returns trigger language plpgsql as $$ begin
      return case when old."phoneNumber" = '1' then null else new end;
    end $$;
    create trigger veto before update on "ClientView" for each row execute function veto()`);
  expect(await restoreAt(url, { auditId })).toMatchObject({ restoredCount: 1, skippedCount: 1 });
  await sql`drop function veto cascade`;
  expect(await restoreAt(url, { auditId })).toMatchObject({ restoredCount: 1, alreadyRestoredCount: 1 });
  expect(await sql`select "threadId", "threadTokenCount" as tokens from "ClientView" order by 1`).toEqual([
    { threadId: 'thread_1', tokens: 1_000_000 },
    { threadId: 'thread_2', tokens: 1_000_000 },
  ]);
});
