import { DROPPED, INSTEAD, type Refuse } from './parameter-names.ts';

/** A name as SQL has it, quoted or not. */
const ONE_SCHEMA = /^\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*$/u;

/**
 * Reads a search path. One of a single schema is honoured by qualifying table names with it: a setting would not survive a
 * pooler in transaction mode.
 *
 * @param name of the parameter, for the error
 */
export function schemaOfPath(name: string, path: string, refuse: Refuse): string {
  const [, quoted, plain] = ONE_SCHEMA.exec(path) ?? [];
  const schema = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase();
  if (schema !== undefined) return schema;
  throw refuse(
    `must name exactly one schema in ${name}: write schema=NAME, and another table's as tableName=SCHEMA.TABLE (TABLE_NAME, AUDIT_TABLE_NAME)`,
  );
}

/**
 * Reads the schema out of `options`, the command line of a server process: `-c search_path=crm`, `--search_path=crm`; and of
 * a pooler's own form `endpoint=…`. Whatever else is in there is dropped or refused as a parameter of that name would be.
 */
export function schemaOfOptions(options: string, refuse: Refuse): string | undefined {
  let schema: string | undefined;
  for (const [name, value] of settingsOf(options, refuse)) {
    if (DROPPED.has(name)) continue;
    if (name === 'search_path') {
      schema = schemaOfPath('options=-c search_path', value, refuse);
      continue;
    }
    const instead = INSTEAD.get(name);
    if (instead !== undefined) throw refuse(`has ${name} in its options, which this job does not take: ${instead}`);
    throw refuse(
      'has a setting in its options that this job does not take: leave it out, or give it to the role (ALTER ROLE … SET …)',
    );
  }
  return schema;
}

/** libpq: words with spaces between, in which a backslash takes the next character as it is. */
function settingsOf(options: string, refuse: Refuse): [name: string, value: string][] {
  // URLs of other languages write a space as "+".
  const words = options.replaceAll('+', ' ').match(/(?:\\.|[^\s\\])+/gs) ?? [];
  const settings = words.map((word) => word.replace(/\\(.)/gs, '$1'));
  return settings
    .flatMap((word) => (word === '-c' ? [] : [word.replace(/^(-c|--)/, '')]))
    .map((setting) => {
      const [, name, value] = /^([A-Za-z_.-]+)=(.*)$/s.exec(setting) ?? [];
      if (name !== undefined && value !== undefined) return [name.replaceAll('-', '_').toLowerCase(), value];
      throw refuse('must have options of the form -c NAME=VALUE (-c search_path=NAME), or better none');
    });
}
