import type { Sql } from 'postgres';
import { TOKEN_LIMIT } from './contacts.ts';

/** What reading every contact costs at the least: one parallel scan with hardly anything to do. */
export async function bareScan(sql: Sql): Promise<number> {
  const [row] = await sql<{ contacts: number }[]>`
    select count(*)::int as contacts, sum("threadTokenCount"), max("threadTokenCount") from "ClientView"`;
  return row?.contacts ?? 0;
}

/** What somebody would type who has no audit to keep. */
export async function bareUpdate(sql: Sql): Promise<number> {
  const { count } = await sql.unsafe(
    `update "ClientView" set "threadId" = null, "threadTokenCount" = 0 where "threadTokenCount" >= ${TOKEN_LIMIT}`,
  );
  return count;
}
