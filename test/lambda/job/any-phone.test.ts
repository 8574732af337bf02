import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPhone } from '../../../lambda/input/values.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { cleanUpOn, eraseOn, restoreOn } from '../../support/job/run.ts';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();

/** What people, programs and attackers write for a phone; the long ones compress, or no index would take them as a key. */
const phones = fc
  .oneof(
    fc.stringMatching(/^[+ ()\-.\d]{1,25}$/),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'\'"\\{}[]$?%_;,:`\n\u0001é🧑‍👩‍👧\u202e57'), minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      '🧑‍👩‍👧',
      '10 kB',
      '\'; drop table "ThreadCleanupLog"; --',
      '"}]}',
      '[]',
      'null',
      '$.threads[*].phone',
    ),
    fc
      .tuple(fc.constantFrom('x', '🌸', '"', '\\'), fc.nat(9))
      .map(([text, n]) => `${n}${text.repeat(10_000 / Buffer.byteLength(text))}`),
  )
  .filter(isPhone);

const tokensIn = async () =>
  (
    await sql`select coalesce(sum((t ->> 'tokens')::bigint), 0)::float8 as tokens
                from "ThreadCleanupLog", jsonb_array_elements(details -> 'threads') t`
  )[0]?.['tokens'];

test('of any phones one is restored and one erased, as they are written, and nobody else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(phones, { minLength: 3, maxLength: 6 }), async (people) => {
      await emptyTables(database);
      await insertContacts(
        database,
        people.map((phone, index) => ({ phone, tokens: 1_000_000 + index, threadId: `conv_${index}` })),
      );
      await cleanUpOn(job);
      const tokens = await tokensIn();
      const [restored = '', erased = '', ...others] = people;

      expect(await restoreOn(job, { phone: restored })).toMatchObject({ restoredCount: 1, skippedCount: 0 });
      const contacts = await contactsByPhone(database);
      expect(contacts.get(restored)).toEqual({ threadId: 'conv_0', threadTokenCount: 1_000_000 });
      expect([...contacts.values()].filter(({ threadId }) => threadId !== null)).toHaveLength(1);

      for (const [index, phone] of [restored, erased].entries()) {
        expect(await eraseOn(job, phone)).toMatchObject({
          erasedRows: 1,
          threadIds: [`conv_${index}`],
          complete: true,
        });
      }
      const entries = await sql<{ phone: string | null; threadId: string | null; name: string | null }[]>`
        select t.* from "ThreadCleanupLog", jsonb_to_recordset(details -> 'threads') t (phone text, "threadId" text, name text)`;
      const named = entries.map(({ phone }) => phone).filter((phone) => phone !== null);
      expect(new Set(named)).toEqual(new Set(others));
      expect(entries.filter(({ phone, ...rest }) => phone === null && (rest.threadId ?? rest.name) !== null)).toEqual(
        [],
      );
      expect(await sql`select details #> '{restored,0,phones}' as phones from "ThreadCleanupLog"`).toEqual([
        { phones: [null] },
      ]);
      expect(await tokensIn()).toBe(tokens);
      expect(await contactsByPhone(database)).toEqual(contacts);

      for (const phone of [restored, erased]) {
        const failure: unknown = await restoreOn(job, { phone }).catch((error: unknown) => error);
        expect(failure).toMatchObject({ name: 'NotRestorable' });
        if (phone.length > 8 && failure instanceof JobError) expect(failure.message).not.toContain(phone);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});
