import postgres, { type Sql } from 'postgres';
import { startEmbeddedPostgres } from '../../../bin/local/sample/embedded-postgres.ts';
import { loadTerminalSettings } from '../../../bin/local/settings.ts';
import { ensureAuditTable } from '../../../lambda/tables/audit-table.ts';
import { connected } from '../../support/job/run.ts';
import { type Contacts, insertContacts } from './contacts.ts';

/** The PostgreSQL that everything is measured on. */
export interface BenchServer {
  readonly version: string;
  /**
   * A database with these contacts, the same pages each time: all of it in the cache, nothing to write out. It takes the
   * place of the one before it.
   */
  fresh(contacts: Contacts): Promise<FreshDatabase>;
  /** Address of one of its databases, or with an empty name the part before that. */
  url(database: string): string;
  stop(): Promise<void>;
}

export interface FreshDatabase {
  readonly url: string;
  /** An open connection, for the other side of a comparison and for looking at the rows that are left. */
  readonly sql: Sql;
}

/**
 * As PostgreSQL comes, except for what would make two rounds differ: the whole table fits into the cache, and nothing
 * writes out or vacuums by itself.
 */
const SETTINGS = {
  // Four times the largest table: of a larger one, a scan keeps hardly anything in the cache.
  shared_buffers: '6GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '1d',
  autovacuum: 'off',
  maintenance_work_mem: '512MB',
  max_connections: '50',
};
const { auditTableName } = loadTerminalSettings({});
const quietly = { onnotice: () => undefined };

export async function startBenchServer(): Promise<BenchServer> {
  const server = await startEmbeddedPostgres(SETTINGS);
  const admin = postgres(server.url('postgres'), { ...quietly, max: 1 });
  const [row] = await admin<{ version: string; number: number }[]>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
  const templates = new Set<string>();
  let sql: Sql | undefined;

  const template = async (contacts: Contacts) => {
    const name = `contacts_${contacts.count}_${contacts.dueEvery}`;
    if (templates.has(name)) return name;
    await admin.unsafe(`create database ${name}`);
    const filling = postgres(server.url(name), { ...quietly, max: 1 });
    await insertContacts(filling, contacts);
    await filling.end();
    // Only the very first run of an installation has to create it.
    await connected(server.url(name), {}, (database) => ensureAuditTable(database, auditTableName, 'postgres'));
    templates.add(name);
    return name;
  };
  return {
    version: row?.version ?? '',
    fresh: async (contacts) => {
      const name = await template(contacts);
      await sql?.end();
      await admin.unsafe('drop database if exists bench with (force)');
      // Copies files; the other way (15 and later) would write the whole copy into the log.
      const strategy = (row?.number ?? 0) >= 150_000 ? 'strategy file_copy' : '';
      await admin.unsafe(`create database bench template ${name} ${strategy}`);
      sql = postgres(server.url('bench'), { ...quietly, max: 1 });
      await readAll(sql);
      await sql`checkpoint`;
      return { url: server.url('bench'), sql };
    },
    url: (database) => server.url(database),
    stop: async () => {
      await sql?.end();
      await admin.end();
      await server.stop();
    },
  };
}

/** Brings the table and its indexes into the cache. */
async function readAll(sql: Sql): Promise<void> {
  await sql`select sum(length(t::text)) from "ClientView" t`;
  await sql`set enable_seqscan = off`;
  await sql`select count("phoneNumber") from "ClientView" where "phoneNumber" > ''`;
  await sql`select count("chatId") from "ClientView" where "chatId" > ''`;
  await sql`reset enable_seqscan`;
}
