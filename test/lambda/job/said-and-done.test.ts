import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Change, Statement } from '../../../lambda/database/database.ts';
import { cleanUpOn, restoreOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
} from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(async () => {
  await emptyTables(database);
  await createAuditTable(database);
});

/** A trigger on a table, in SQL, for as long as the test runs. */
async function trigger(when: string, table: 'ClientView' | 'ThreadCleanupLog', body: string): Promise<void> {
  const isConstraint = when.includes('deferrable');
  const [event, timing] = isConstraint
    ? [when.replace(' deferrable', ''), 'deferrable initially deferred']
    : [when, ''];
  await sql.unsafe(`
    create function meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
    create ${isConstraint ? 'constraint' : ''} trigger meddler ${event} on "${table}" ${timing}
      for each row execute function meddle()`);
  onTestFinished(async () => {
    await sql`drop function meddle cascade`;
  });
}

const two = () =>
  insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 2_000_000 },
  ]);
const UNTOUCHED = new Map([
  ['1', { threadId: 'conv_1', threadTokenCount: 1_000_000 }],
  ['2', { threadId: 'conv_2', threadTokenCount: 2_000_000 }],
]);

const MEDDLERS_OF_CONTACTS = [
  ['puts the whole row back', 'before update', 'new := old; return new;'],
  ['puts the thread id back', 'before update', 'new."threadId" := old."threadId"; return new;'],
  [
    'puts the tokens back',
    'before update',
    'new."threadTokenCount" := greatest(old."threadTokenCount", new."threadTokenCount"); return new;',
  ],
  ['gives an id of its own', 'before update', `new."threadId" := 'mine'; return new;`],
  ['changes the key', 'before update', `new."phoneNumber" := old."phoneNumber" || 'x'; return new;`],
  [
    'writes back afterwards',
    'after update',
    `if new."threadId" is null then update "ClientView" set "threadId" = old."threadId" where "phoneNumber" = new."phoneNumber"; end if; return null;`,
  ],
  [
    'deletes afterwards',
    'after update',
    `delete from "ClientView" where "phoneNumber" = new."phoneNumber"; return null;`,
  ],
  [
    'writes back when the transaction ends',
    'after update deferrable',
    `if new."threadId" is null and new."threadTokenCount" <> 7 then update "ClientView" set "threadTokenCount" = 7 where "phoneNumber" = new."phoneNumber"; end if; return null;`,
  ],
] as const;

describe('a trigger on the contacts that', () => {
  test.each(MEDDLERS_OF_CONTACTS)(
    '%s: nothing is audited or changed, both threads are counted, and the trigger is named',
    async (_, when, body) => {
      await two();
      await trigger(when, 'ClientView', body);
      const result = await cleanUpOn(job);
      expect(result).toMatchObject({ cleanedCount: 0, auditCount: 0, remainingCount: 2, complete: true });
      expect(result.warnings).toEqual([
        expect.stringMatching(/^2 threads were not cleared.*public\."ClientView" \("meddler"\)/),
      ]);
      expect(await auditedThreads(database)).toEqual([]);
      expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
    },
  );

  test.each(MEDDLERS_OF_CONTACTS)(
    '%s: a restore changes and notes nothing, and can be repeated',
    async (_, when, body) => {
      await two();
      const [auditId = 0] = (await cleanUpOn(job)).auditIds;
      // Those that act on clearing alone are turned to act on restoring.
      await trigger(when, 'ClientView', body.replaceAll('if new."threadId" is null', 'if new."threadId" is not null'));
      const restored = await restoreOn(job, { auditId });
      if (_ === 'puts the tokens back') {
        expect(restored).toMatchObject({ restoredCount: 2 });
        return;
      }
      expect(restored).toMatchObject({ restoredCount: 0, skippedCount: 2, alreadyRestoredCount: 0 });
      await sql`drop trigger meddler on "ClientView"`;
      expect(await restoreOn(job, { auditId })).toMatchObject({ restoredCount: 2, alreadyRestoredCount: 0 });
      expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
    },
  );

  test('changes rows in its own turn, by way of a table whose triggers act at the end: nothing is audited or changed', async () => {
    await two();
    await sql.unsafe(`
      create table "Outbox" (phone text, "threadId" text);
      create function write_back() returns trigger language plpgsql as $$ begin
        update "ClientView" set "threadId" = new."threadId" where "phoneNumber" = new.phone; return null;
      end $$;
      create constraint trigger write_back after insert on "Outbox" deferrable initially deferred
        for each row execute function write_back()`);
    onTestFinished(async () => void (await sql.unsafe('drop table "Outbox"; drop function write_back')));
    await trigger(
      'before update',
      'ClientView',
      `if new."threadId" is null then insert into "Outbox" values (old."phoneNumber", old."threadId"); end if; return new;`,
    );
    const result = await cleanUpOn(job);
    expect(result).toMatchObject({ cleanedCount: 0, auditCount: 0, remainingCount: 2 });
    expect(result.warnings).toEqual([expect.stringMatching(/^2 threads were not cleared.*\("meddler"\)/)]);
    expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
  });

  test('changes another row of the batch after that was cleared: what is audited was cleared', async () => {
    await two();
    await trigger(
      'before update',
      'ClientView',
      `if pg_trigger_depth() = 1 then
         update "ClientView" set "threadId" = 'conv_' || "phoneNumber", "threadTokenCount" = 1000000
          where "phoneNumber" <> old."phoneNumber" and "threadId" is null and xmin::text = pg_current_xact_id()::xid::text;
       end if; return new;`,
    );
    const result = await cleanUpOn(job);
    expect(result).toMatchObject({ cleanedCount: 2, auditCount: 2, remainingCount: 0 });
    expect([...(await contactsByPhone(database)).values()]).toEqual([
      { threadId: null, threadTokenCount: 0 },
      { threadId: null, threadTokenCount: 0 },
    ]);
  });

  test('touches other columns is none of our business', async () => {
    await two();
    await trigger('before update', 'ClientView', 'new."lastActivity" := now(); return new;');
    expect(await cleanUpOn(job)).toMatchObject({ cleanedCount: 2, remainingCount: 0, warnings: [] });
  });

  test('logs elsewhere afterwards is none of our business', async () => {
    await two();
    await sql`create table "History" (phone text)`;
    onTestFinished(async () => void (await sql`drop table "History"`));
    await trigger('after update', 'ClientView', `insert into "History" values (new."phoneNumber"); return null;`);
    expect(await cleanUpOn(job)).toMatchObject({ cleanedCount: 2, remainingCount: 0, warnings: [] });
    expect(await sql`select phone from "History" order by 1`).toEqual([{ phone: '1' }, { phone: '2' }]);
  });
});

const MEDDLERS_OF_AUDIT = [
  ['takes the row elsewhere', 'before insert', 'return null;'],
  ['changes the details', 'before insert', `new.details := '{"threads":[]}'; return new;`],
  ['masks the phones', 'before insert', `new.details := replace(new.details::text, '"1"', '"*"')::jsonb; return new;`],
  ['changes the count', 'before insert', 'new.cleaned_count := 0; return new;'],
  ['changes the sum', 'before insert', 'new.total_tokens_cleared := 1; return new;'],
  ['deletes the row afterwards', 'after insert', 'delete from "ThreadCleanupLog" where id = new.id; return null;'],
  [
    'masks the row afterwards',
    'after insert',
    `update "ThreadCleanupLog" set details = '{}' where id = new.id; return null;`,
  ],
  [
    'deletes the row when the transaction ends',
    'after insert deferrable',
    'delete from "ThreadCleanupLog" where id = new.id; return null;',
  ],
] as const;

describe('a trigger that appears when the run has looked for triggers', () => {
  const inTheMiddle = (when: string, table: 'ClientView' | 'ThreadCleanupLog', body: string) => {
    let isThere = false;
    return {
      ...job,
      change: async <T extends object>(change: Change, recall: Statement<T>) => {
        if (!isThere) await trigger(when, table, body);
        isThere = true;
        return job.change(change, recall);
      },
    };
  };

  test('and puts contacts back: nothing is audited', async () => {
    await two();
    const result = await cleanUpOn(inTheMiddle('before update', 'ClientView', 'return old;'));
    expect(result).toMatchObject({ cleanedCount: 0, auditCount: 0, remainingCount: 2 });
    expect(result.warnings).toEqual([expect.stringContaining('a new trigger of public."ClientView" changes')]);
    expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
  });

  test('and puts contacts back: a restore notes nothing', async () => {
    await two();
    const [auditId = 0] = (await cleanUpOn(job)).auditIds;
    expect(await restoreOn(inTheMiddle('before update', 'ClientView', 'return old;'), { auditId })).toMatchObject({
      restoredCount: 0,
      skippedCount: 2,
    });
    await sql`drop trigger meddler on "ClientView"`;
    expect(await restoreOn(job, { auditId })).toMatchObject({ restoredCount: 2, alreadyRestoredCount: 0 });
  });

  test.each([
    ['takes rows elsewhere', 'return null;'],
    ['changes the details', `new.details := '{"threads":[]}'; return new;`],
    ['changes the count', 'new.cleaned_count := 0; return new;'],
    ['changes the sum', 'new.total_tokens_cleared := 1; return new;'],
  ])('and %s of the audit: nothing is cleared', async (_, body) => {
    await two();
    await expect(cleanUpOn(inTheMiddle('before insert', 'ThreadCleanupLog', body))).rejects.toMatchObject({
      name: 'TableUnusable',
    });
    expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
    expect(await auditedThreads(database)).toEqual([]);
  });

  test('and leaves the note of a restore out: nothing is restored', async () => {
    await two();
    const [auditId = 0] = (await cleanUpOn(job)).auditIds;
    const cleared = await contactsByPhone(database);
    await expect(
      restoreOn(inTheMiddle('before update', 'ThreadCleanupLog', 'return null;'), { auditId }),
    ).rejects.toMatchObject({ name: 'TableUnusable' });
    expect(await contactsByPhone(database)).toEqual(cleared);
  });
});

describe('a trigger on the audit table that', () => {
  test.each(MEDDLERS_OF_AUDIT)('%s: nothing is cleared, and the error names it', async (_, when, body) => {
    await two();
    await trigger(when, 'ThreadCleanupLog', body);
    await expect(cleanUpOn(job)).rejects.toMatchObject({
      name: 'TableUnusable',
      message: expect.stringMatching(
        /public\."ThreadCleanupLog" does not keep what is written to it \(triggers: "meddler"\)/,
      ),
    });
    expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
    expect(await auditedThreads(database)).toEqual([]);
  });

  test('changes the contacts before it lets the row in: nothing is cleared, and it is named', async () => {
    await two();
    await trigger('before insert', 'ThreadCleanupLog', `update "ClientView" set "threadId" = 'back'; return new;`);
    const result = await cleanUpOn(job);
    expect(result).toMatchObject({ cleanedCount: 0, auditCount: 0, remainingCount: 2 });
    expect(result.warnings).toEqual([
      expect.stringContaining('a trigger of public."ThreadCleanupLog" ("meddler") changes'),
    ]);
    expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
  });

  test('lets nobody change a row, as one for append-only tables: a restore changes nothing and says whose doing that is', async () => {
    await two();
    await trigger('before update or delete', 'ThreadCleanupLog', `raise exception 'append-only';`);
    const [auditId = 0] = (await cleanUpOn(job)).auditIds;
    const cleared = await contactsByPhone(database);
    await expect(restoreOn(job, { auditId })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^A trigger of the audit table public\."ThreadCleanupLog" \("meddler"\) refuses .*\(SQLSTATE P0001\), so nothing is restored/,
      ),
    });
    expect(await contactsByPhone(database)).toEqual(cleared);
  });

  test('refuses every row while the contacts have a trigger of their own: both are named', async () => {
    await two();
    await trigger('before insert', 'ThreadCleanupLog', `raise exception 'never';`);
    await sql.unsafe(`
      create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger "touch" before update on "ClientView" for each row execute function touch()`);
    onTestFinished(async () => void (await sql`drop function touch cascade`));
    expect((await cleanUpOn(job)).warnings).toEqual([
      expect.stringContaining(
        'public."ClientView" ("touch") or public."ThreadCleanupLog" ("meddler") refuses it (SQLSTATE P0001)',
      ),
    ]);
  });

  test.each([
    ['refuses the note', 'before update', 'return null;'],
    ['changes the note', 'before update', `new.details := old.details; return new;`],
    [
      'takes the note away afterwards',
      'after update',
      `update "ThreadCleanupLog" set details = old.details where id = new.id and details ? 'restored'; return null;`,
    ],
    ['deletes the row afterwards', 'after update', 'delete from "ThreadCleanupLog" where id = new.id; return null;'],
    [
      'takes the note away when the transaction ends',
      'after update deferrable',
      `update "ThreadCleanupLog" set details = details - 'restored' where id = new.id and details ? 'restored'; return null;`,
    ],
  ] as const)('%s: two restores restore nothing, and tokens are not doubled', async (_, when, body) => {
    await two();
    const [auditId = 0] = (await cleanUpOn(job)).auditIds;
    await trigger(when, 'ThreadCleanupLog', body);
    for (const attempt of ['first', 'second']) {
      await expect(restoreOn(job, { auditId }), attempt).rejects.toMatchObject({ name: 'TableUnusable' });
    }
    await sql`drop trigger meddler on "ThreadCleanupLog"`;
    expect(await restoreOn(job, { auditId })).toMatchObject({ restoredCount: 2, alreadyRestoredCount: 0 });
    expect(await contactsByPhone(database)).toEqual(UNTOUCHED);
  });
});
