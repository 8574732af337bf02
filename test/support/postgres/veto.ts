import type { Sql } from 'postgres';
import { onTestFinished } from 'vitest';

/** Makes a trigger keep the contact `phone` as it is, without an error, until the test ends or the veto is lifted. */
export async function forbidUpdates(sql: Sql, phone: string): Promise<{ lift(): Promise<void> }> {
  await sql.unsafe(`
    create function veto() returns trigger language plpgsql as $$ begin
      return case when old."phoneNumber" = '${phone}' then null else new end;
    end $$;
    create trigger veto before update on "ClientView" for each row execute function veto()`);
  const lift = async () => {
    await sql`drop function if exists veto cascade`;
  };
  onTestFinished(lift);
  return { lift };
}
