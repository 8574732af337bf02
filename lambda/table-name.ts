/** A table's name as somebody configured it, without quotes: exactly as it stands in the catalogue. */
export interface TableName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** What `parseTableName` accepts, for messages. */
export const ALLOWED_TABLE_NAME =
  'a table or schema.table, capitals as in the database, each at most 63 bytes; ' +
  'a part with a dot, a space at its ends or a quote stands in double quotes, as in "my.schema"."My ""Table"""';

/** PostgreSQL cuts longer names off without a word (NAMEDATALEN - 1, documentation: "Identifiers and Key Words"). */
const MOST_BYTES = 63;

const PART = `"(?:[^"]|"")+"|[^".]+`;
const NAME = new RegExp(`^(?:(${PART})\\.)?(${PART})$`, 'u');

/**
 * Reads `table` or `schema.table`, each part bare or in double quotes. The result is looked up in the catalogue by
 * parameter, and the server quotes what it found there: this text never becomes part of a statement.
 *
 * @returns the name, or undefined when the text is no such name
 */
export function parseTableName(text: string): TableName | undefined {
  const match = NAME.exec(text);
  if (match?.[2] === undefined) return undefined;
  const schema = match[1] === undefined ? undefined : unquote(match[1]);
  const name = unquote(match[2]);
  return [schema ?? name, name].every(isIdentifier) ? { schema, name } : undefined;
}

function unquote(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim();
}

function isIdentifier(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a table name with control characters is a mistake
  return name !== '' && !/[\u0000-\u001f\u007f]/.test(name) && Buffer.byteLength(name) <= MOST_BYTES;
}
