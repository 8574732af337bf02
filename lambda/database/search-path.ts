import type { Sql } from 'postgres';
import { JobError } from '../model/job-error.ts';

/** The schemas that a session looks for names in, those that it was not told included. */
export const selectSearchPath = (sql: Sql) => sql<{ path: string[] }[]>`
  select pg_catalog.to_jsonb(pg_catalog.current_schemas(true)) as path`;

/**
 * Makes sure that an operator or a type of PostgreSQL's own is found before anybody else's that is like it. It is, unless
 * somebody wrote `pg_catalog` into the search path behind another schema; statements could name every operator by its
 * schema then, but would not be readable.
 *
 * @throws JobError InvalidSettings, with the path
 */
export function requireCatalogueFirst(path: readonly string[]): void {
  // The session's own temporary tables are looked for first, but never an operator or a function.
  const [first] = path.filter((schema) => !schema.startsWith('pg_temp'));
  if (first === 'pg_catalog') return;
  throw new JobError(
    'InvalidSettings',
    `pg_catalog must be first in the search path of the database or the role (got ${path.join(', ')}): whoever may create ` +
      "in a schema before it could have the job run code of theirs in place of PostgreSQL's own. Take pg_catalog out of " +
      'search_path (ALTER ROLE … SET search_path, or ALTER DATABASE); it is then first by itself. Nothing was changed.',
  );
}
