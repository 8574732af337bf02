import type { Sql } from 'postgres';
import type { ClientView } from '../../../lambda/tables/client-view.ts';
import { TOKEN_LIMIT } from './contacts.ts';

/** The contacts, for statements of the job that are run bare. */
export const CLIENT_VIEW: ClientView = {
  quotedName: 'public."ClientView"',
  owner: 'postgres',
  phoneType: 'text',
  threadIdType: 'text',
  maxTokens: '2147483647',
  updateTriggers: [],
  updatesLater: false,
  isQuiet: undefined,
  serverVersion: 180_000,
};

/** What somebody would type who has no audit to keep. */
export async function bareUpdate(sql: Sql): Promise<number> {
  const { count } = await sql.unsafe(
    `update "ClientView" set "threadId" = null, "threadTokenCount" = 0 where "threadTokenCount" >= ${TOKEN_LIMIT}`,
  );
  return count;
}
