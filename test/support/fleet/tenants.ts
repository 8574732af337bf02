import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { CREATE_CLIENT_VIEW } from '../postgres/client-view.ts';

/** What is the matter with a database. */
export type Condition =
  | 'healthy'
  /** One of its contacts over the limit is locked all night. */
  | 'locked'
  /** The first invocation has no time to clear anything. */
  | 'large'
  /** Its secret is deleted after the list was made. */
  | 'removed'
  /** Its secret is created after the list was made. */
  | 'added'
  /** Its server takes connections and says nothing. */
  | 'hangs'
  | 'wrong password'
  | 'no table'
  | 'no URL in the secret'
  | 'server down'
  /** The URL demands TLS, which the server does not speak. */
  | 'no TLS'
  | 'too many due';

/** A database of its own, with contacts, and the secret that leads to it. */
export interface Tenant {
  readonly condition: Condition;
  /** Name of the secret. */
  readonly secret: string;
  readonly secretText: string;
  /** Where it really is. */
  readonly url: string;
  /** Contacts over the limit. */
  readonly due: number;
  /** Tokens of all contacts at the beginning. */
  readonly tokens: number;
}

/** Ports where there is no database. */
export interface DeadEnds {
  readonly silentPort: number;
  readonly closedPort: number;
}

const TOKEN_LIMIT = 1_000_000;
const CONTACTS = 40;
const TEMPLATE_PREFIX = 'tenant_template_';

/** What a phone number, a name, a thread id and a password look like here, for finding them where they must not be. */
export const PERSONAL_DATA = /5730000\d{5}|Zuleika|conv_tenant|embedded/;

/**
 * Makes a database on the server for each condition, each with contacts of its own: 3 to 9 over the limit, nearly all where
 * that is the matter.
 *
 * @param server address of the server, without a database
 */
export async function createTenants(
  server: string,
  prefix: string,
  conditions: readonly Condition[],
  { silentPort, closedPort }: DeadEnds,
): Promise<Tenant[]> {
  const admin = postgres(`${server}postgres`, { max: 1, onnotice: () => undefined });
  const run = randomUUID().slice(0, 8);
  const template = `${TEMPLATE_PREFIX}${run}`;
  await admin.unsafe(`create database ${template}`);
  await withSql(`${server}${template}`, (sql) => sql.unsafe(CREATE_CLIENT_VIEW));
  const tenants: Tenant[] = [];
  for (const [index, condition] of conditions.entries()) {
    const name = `tenant_${run}_${index}`;
    await admin.unsafe(`create database ${name} template ${template}`);
    const url = `${server}${name}`;
    const due = condition === 'too many due' ? CONTACTS - 1 : 3 + (index % 7);
    const tokens = await withSql(url, (sql) => fill(sql, index, due));
    if (condition === 'no table') await withSql(url, (sql) => sql`alter table "ClientView" rename to "Moved"`);
    const secretText = leadTo(url, condition, { silentPort, closedPort });
    tenants.push({ condition, secret: `${prefix}${name}`, secretText, url, due, tokens });
  }
  await admin.unsafe(`drop database ${template}`);
  await admin.end();
  return tenants;
}

async function fill(sql: Sql, tenant: number, due: number): Promise<number> {
  await sql`
    insert into "ClientView" ("phoneNumber", name, "lastActivity", "threadId", "threadTokenCount")
    select '5730000' || lpad((${tenant}::int * 100 + n)::text, 6, '0'), 'Zuleika ' || n, now(), 'conv_tenant_' || n,
           case when n <= ${due}::int then ${TOKEN_LIMIT}::int + n else 100 * n end
      from generate_series(1, ${CONTACTS}::int) n`;
  const [row] = await sql<{ tokens: number }[]>`select sum("threadTokenCount")::float8 as tokens from "ClientView"`;
  return row?.tokens ?? 0;
}

function leadTo(text: string, condition: Condition, { silentPort, closedPort }: DeadEnds): string {
  const url = new URL(text);
  if (condition === 'no URL in the secret') return '{"name":"nothing that leads anywhere"}';
  if (condition === 'wrong password') url.password = 'wrong';
  if (condition === 'server down') url.port = String(closedPort);
  if (condition === 'no TLS') url.searchParams.set('sslmode', 'require');
  if (condition === 'hangs') url.port = String(silentPort);
  return url.href;
}

/** What a database holds after the night. */
export interface Books {
  /** Tokens in the table and in the audit together. */
  readonly tokens: number;
  /** Contacts over the limit that are left. */
  readonly left: number;
  /** Threads in the audit, and different ones. */
  readonly audited: number;
  readonly distinct: number;
  /** Contacts with neither a thread nor tokens: those that were cleared. */
  readonly cleared: number;
}

/** Draws a tenant's balance. */
export function booksOf({ url, condition }: Tenant): Promise<Books> {
  return withSql(url, async (sql) => {
    const table = sql(condition === 'no table' ? 'Moved' : 'ClientView');
    const [contacts] = await sql<{ tokens: number; left: number; cleared: number }[]>`
      select coalesce(sum("threadTokenCount"), 0)::float8 as tokens,
             count(*) filter (where "threadTokenCount" >= ${TOKEN_LIMIT})::int as left,
             count(*) filter (where "threadTokenCount" = 0 and "threadId" is null)::int as cleared from ${table}`;
    const [existing] = await sql`select to_regclass('"ThreadCleanupLog"') as log`;
    const audit =
      existing?.['log'] === null
        ? []
        : await sql<{ phone: string; tokens: number }[]>`
            select t.phone, t.tokens::float8 as tokens from "ThreadCleanupLog" l,
                   jsonb_to_recordset(l.details -> 'threads') t (phone text, tokens bigint)`;
    return {
      tokens: (contacts?.tokens ?? 0) + audit.reduce((sum, { tokens }) => sum + tokens, 0),
      left: contacts?.left ?? 0,
      cleared: contacts?.cleared ?? 0,
      audited: audit.length,
      distinct: new Set(audit.map(({ phone }) => phone)).size,
    };
  });
}

/** Gives every contact of the tenants the tokens and the thread that it had, for another night. */
export async function makeDueAgain(tenants: readonly Tenant[]): Promise<void> {
  for (const { url, due } of tenants) {
    await withSql(
      url,
      (sql) => sql`
        update "ClientView" set "threadId" = 'conv_tenant_again', "threadTokenCount" = ${TOKEN_LIMIT}
         where "phoneNumber" in (select "phoneNumber" from "ClientView" order by 1 limit ${due})`,
    );
  }
}

/** Removes the tenants' databases. */
export async function dropTenants(server: string, tenants: readonly Tenant[]): Promise<void> {
  const admin = postgres(`${server}postgres`, { max: 1, onnotice: () => undefined });
  for (const { url } of tenants) await admin.unsafe(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await admin.end();
}

/** Locks a contact that is over the limit until the returned function is called. */
export async function lockOne({ url }: Tenant): Promise<() => Promise<void>> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`begin; select from "ClientView" where "threadTokenCount" >= ${TOKEN_LIMIT} limit 1 for update`);
  return () => sql.end({ timeout: 1 });
}

async function withSql<T>(url: string, use: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  return use(sql).finally(() => sql.end({ timeout: 1 }));
}
