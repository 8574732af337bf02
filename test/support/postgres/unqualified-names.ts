/** Texts, quoted names and comments: what is in them is no name of a function. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;
/** A name before a parenthesis, or one that only the catalogue has, and the schema before it. */
const CALL = /(?:([\w"]+)\s*\.\s*)?\b([a-z_]\w*)\s*\(/gi;
const CATALOGUE_NAME = /(?:([\w"]+)\s*\.\s*)?\b(pg_(?!catalog\b)\w+)/gi;

/**
 * What in a statement is of `pg_catalog` and does not say so: whoever may create in another schema of the search path
 * could have put something of his own there.
 *
 * @param functions names of the functions of `pg_catalog`
 */
export function unqualifiedNames(statement: string, functions: ReadonlySet<string>): string[] {
  const text = statement.replace(QUOTED, (quoted) => (quoted.startsWith('"') ? '""' : ' '));
  const calls = [...text.matchAll(CALL)].filter(([, , name = '']) => functions.has(name.toLowerCase()));
  const named = [...calls, ...text.matchAll(CATALOGUE_NAME)];
  const faults = named.filter(([, schema]) => schema?.toLowerCase() !== 'pg_catalog');
  return [...new Set(faults.map(([, , name = '']) => name))];
}
