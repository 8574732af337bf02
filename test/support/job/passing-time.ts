import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';

/** Makes some conversations fall quiet, over and over, as if hours had passed for their contacts. */
export async function letTimePass(sql: () => Sql, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    // A server that is away, or a deadlock with the assistant: the next attempt does it.
    await sql()`
      update "ClientView" set "lastActivity" = '2020-01-01'
       where "phoneNumber" in (select "phoneNumber" from "ClientView" order by random() limit 20 for update skip locked)`.catch(
      () => undefined,
    );
    await pause(10);
  }
}
