import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { parseTableName, type TableName } from '../../../lambda/input/values.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { cleanUpOn, restoreOn } from '../../support/job/run.ts';
import { auditedThreads, createDatabase, emptyTables } from '../../support/postgres/database.ts';
import { nameLikeText, storableText, tries } from '../../support/shapes.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

/** Every table there is, as the catalogue writes it. */
const tables = async () =>
  (
    await sql<{ name: string }[]>`
      select n.nspname || ' ' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast' order by 1`
  ).map(({ name }) => name);

/** Makes schema and table by the server's own quoting. */
async function createTable({ schema = 'public', name }: TableName): Promise<void> {
  const [row] = await sql<{ statements: string }[]>`
    select format('create schema if not exists %1$I;
                   create table %1$I.%2$I (like "ClientView" including all);
                   insert into %1$I.%2$I values (''1'', null, null, null, null, now(), ''t'', 1000000)',
                  ${schema}::text, ${name}::text) as statements`;
  await sql.unsafe(row?.statements ?? '');
}

const dropTable = async ({ schema = 'public', name }: TableName) => {
  const [row] = await sql<{ statement: string }[]>`
    select format('drop table if exists %I.%I', ${schema}::text, ${name}::text) as statement`;
  await sql.unsafe(row?.statement ?? '');
};

/** What PostgreSQL itself reserves for its own schemas. */
const isReserved = ({ schema }: TableName) => schema?.startsWith('pg_') || schema === 'information_schema';
const tableName = nameLikeText
  .map((text) => ({ text, parsed: parseTableName(text) }))
  .filter(({ parsed }) => parsed === undefined || !isReserved(parsed));

test('a table name of any shape is refused, or is exactly the table that is cleaned, and no other table comes or goes', async () => {
  let used = 0;
  await fc.assert(
    fc.asyncProperty(tableName, async ({ text, parsed }) => {
      if (parsed === undefined) return;
      used += 1;
      const log = { schema: parsed.schema, name: `${[...parsed.name].slice(0, 10).join('')} log` };
      await createTable(parsed);
      const before = await tables();
      const names = { clientViewName: parsed, auditTableName: log };
      expect(await cleanUpOn(job, {}, names), text).toMatchObject({ cleanedCount: 1, remainingCount: 0 });
      expect(await tables(), text).toEqual([...before, `${log.schema ?? 'public'} ${log.name}`].sort());
      await dropTable(parsed);
      await dropTable(log);
    }),
    tries(150),
  );
  expect(used).toBeGreaterThan(50);
});

test('a name of any shape that leads to no table is refused as such, and nothing is changed', async () => {
  const before = await tables();
  await fc.assert(
    fc.asyncProperty(tableName, async ({ text, parsed }) => {
      if (parsed === undefined) return;
      const names = { clientViewName: parsed, auditTableName: parsed };
      const error: unknown = await cleanUpOn(job, {}, names).catch((reason) => reason);
      expect(error, text).toBeInstanceOf(JobError);
      expect(error, text).toMatchObject({ code: 'TableUnusable' });
    }),
    tries(300),
  );
  expect(await tables()).toEqual(before);
});

const contact = fc.record({
  phone: storableText(200),
  threadId: storableText(500),
  name: fc.option(storableText(500)),
  userName: fc.option(storableText(500)),
  tokens: fc.integer({ min: 1_000_000, max: 2_147_483_647 }),
});

test('phones, names and thread ids of any shape are recorded as they are, and restored as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(contact, { selector: ({ phone }) => phone, minLength: 1, maxLength: 20 }),
      async (contacts) => {
        await sql`truncate "ClientView"`;
        await sql`insert into "ClientView" ${sql(
          contacts.map(({ phone, tokens, ...row }) => ({
            ...row,
            phoneNumber: phone,
            threadTokenCount: tokens,
            lastActivity: '2026-01-01T00:00:00Z',
          })),
        )}`;
        const { auditIds, cleanedCount } = await cleanUpOn(job);
        expect(cleanedCount).toBe(contacts.length);
        const audited = (await auditedThreads(database)).slice(-contacts.length);
        const byPhone = new Map(audited.map((thread) => [thread.phone, thread]));
        for (const { phone, threadId, name, userName, tokens } of contacts) {
          expect(byPhone.get(phone)).toEqual({ phone, name: name || userName || phone, threadId, tokens });
        }
        expect(await restoreOn(job, { auditId: auditIds[0] ?? 0 })).toMatchObject({ restoredCount: contacts.length });
        const rows = await sql`select "phoneNumber" as phone, "threadId", name, "userName", "threadTokenCount" as tokens
                                 from "ClientView"`;
        const restored = new Map(rows.map((row) => [row['phone'], row]));
        for (const before of contacts) expect({ ...restored.get(before.phone) }).toEqual(before);
      },
    ),
    tries(60),
  );
});
