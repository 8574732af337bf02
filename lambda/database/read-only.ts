import type { Sql } from 'postgres';

/** What a server says of its being read-only. */
export interface ReadOnlyState {
  readonly replica?: boolean;
  /** `pg_settings.source` of `default_transaction_read_only`; null where it is off. */
  readonly setBy?: string | null;
}

/** Whether a server refused a write as such: it is a replica, or told to be read-only (`read_only_sql_transaction`). */
export const isReadOnly = (error: unknown) => error instanceof Error && 'code' in error && error.code === '25006';

export const selectReadOnlyState = (sql: Sql) => sql<ReadOnlyState[]>`
  select pg_catalog.pg_is_in_recovery() as replica,
         (select s.source from pg_catalog.pg_settings s
           where s.name = 'default_transaction_read_only'::text and s.setting = 'on'::text) as "setBy"`;

/** Why, and what to do, for the end of a message. */
export function readOnlyBecause({ replica, setBy }: ReadOnlyState): string {
  if (replica) return 'it is a replica. Use the address of the primary (of a cluster, the writer endpoint).';
  switch (setBy) {
    case 'user':
    case 'database user':
      return 'the role has default_transaction_read_only = on. Its owner can run: ALTER ROLE … RESET default_transaction_read_only;';
    case 'database':
      return (
        'the database has default_transaction_read_only = on, as hosters set it where the disk is full. Free some space, or run: ' +
        'ALTER DATABASE … RESET default_transaction_read_only;'
      );
    case null:
    case undefined:
      return 'use the address of the primary, not of a replica.';
    default:
      return 'the server has default_transaction_read_only = on, as hosters set it where the disk is full. Free some space.';
  }
}
