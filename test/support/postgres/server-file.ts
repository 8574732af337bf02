import type { Sql } from 'postgres';

/**
 * Has the server write a file of its own, readable by itself alone: it accepts no other key, and when the tests run as
 * root it runs as somebody else.
 */
export async function writeServerFile(sql: Sql, name: string, content: string): Promise<void> {
  await sql.unsafe(`copy (select unnest(string_to_array('${content}', E'\\n'))) to program 'umask 077; cat > ${name}'`);
}
