import postgres from 'postgres';
import { TOKEN_LIMIT } from './contacts.ts';

/**
 * Cleans up as the job's predecessor does, at its best: one connection, one prepared statement a thread, each committed by
 * itself, and the audit at the end.
 *
 * @returns how many threads were cleared
 */
export async function cleanUpLikeTheOldScript(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql`
    create table if not exists "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
      total_tokens_cleared bigint, execution_time timestamp default now(), details jsonb)`;
  const threads = await sql<{ phone: string; name: string; tokens: number }[]>`
    select "phoneNumber" as phone, coalesce(name, "userName", "phoneNumber") as name, "threadTokenCount" as tokens
      from "ClientView" where "threadTokenCount" >= ${TOKEN_LIMIT} order by "threadTokenCount" desc`;
  for (const { phone } of threads) {
    await sql`update "ClientView" set "threadId" = null, "threadTokenCount" = 0 where "phoneNumber" = ${phone}`;
  }
  const tokens = threads.reduce((sum, thread) => sum + thread.tokens, 0);
  await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
            values (${threads.length}, ${tokens}, ${sql.json({ threads: [...threads] })})`;
  await sql.end();
  return threads.length;
}
