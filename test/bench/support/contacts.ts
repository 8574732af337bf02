import type { Sql } from 'postgres';
import { CREATE_CLIENT_VIEW } from '../../support/postgres/client-view.ts';

/** Tokens at which a thread is cleared. */
export const TOKEN_LIMIT = 1_000_000;

/** A table full of contacts. */
export interface Contacts {
  readonly count: number;
  /** Every how many contacts one is over the limit: 100 for 1 %. */
  readonly dueEvery: number;
}

export const dueCount = ({ count, dueEvery }: Contacts): number => Math.floor(count / dueEvery);

/** The key of contact `n`: unique, and in another order than the table's, as phone numbers are. */
export const phoneNumber = (n: string) => `'57' || lpad((${n}::bigint * 2654435761 % 4294967296)::text, 10, '0')`;

/**
 * Makes and fills `"ClientView"`, with as many different token counts as contacts (up to a million), and analyses it: a plan
 * depends on both. The indexes are built at the end, which is faster and gives them their usual shape.
 */
export async function insertContacts(sql: Sql, { count, dueEvery }: Contacts): Promise<void> {
  await sql.unsafe(CREATE_CLIENT_VIEW);
  await sql.unsafe('alter table "ClientView" drop constraint "ClientView_pkey"');
  await sql.unsafe('drop index "ClientView_chatId_key"');
  await sql.unsafe(`
    insert into "ClientView"
    select phone, case when n % 4 > 0 then 'Name ' || substr(hash, 1, 9) end, 'user' || substr(hash, 1, 6), null,
           phone || '@s.whatsapp.net', now() - n % 5000 * interval '1 minute', 'conv_' || substr(hash, 1, 24),
           case when n % ${dueEvery} = 0 then ${TOKEN_LIMIT} + n % ${TOKEN_LIMIT} else n::bigint * 7919 % ${TOKEN_LIMIT} end
      from (select n, ${phoneNumber('n')} as phone, md5(n::text) as hash from generate_series(1, ${count}) n) c`);
  await sql.unsafe('alter table "ClientView" add constraint "ClientView_pkey" primary key ("phoneNumber")');
  await sql.unsafe('create unique index "ClientView_chatId_key" on "ClientView" ("chatId")');
  await sql.unsafe('vacuum (freeze, analyze) "ClientView"');
}
