/** SQL with its values inside, as a simple query has it. */
export interface SqlText {
  readonly sql: string;
}

/** Takes SQL as it is: a name that the server itself quoted, or a fragment without a value of somebody else's. */
export const asSql = (sql: string): SqlText => ({ sql });

/**
 * A template tag for a simple query, which takes no parameters: a text becomes a literal, a whole number its digits, and
 * only `SqlText` stays SQL.
 *
 * @throws TypeError for a number that is not whole and safe, or a text with a zero byte, which PostgreSQL cannot hold
 */
export function sqlText(literals: TemplateStringsArray, ...values: (string | number | SqlText)[]): SqlText {
  const parts = values.map((value) => (typeof value === 'object' ? value.sql : literal(value)));
  return { sql: String.raw({ raw: literals }, ...parts) };
}

/**
 * In the form `E'…'` a backslash means the same whatever `standard_conforming_strings` says (PostgreSQL: "String Constants
 * with C-Style Escapes"). The client's encoding is always UTF-8, in which no character has a quote among its bytes.
 */
function literal(value: string | number): string {
  if (typeof value === 'number') {
    // In parentheses, since "- -1" is a number less one, and "--1" a comment.
    if (Number.isSafeInteger(value)) return value < 0 ? `(${value})` : String(value);
    throw new TypeError('A number in a simple query must be a safe integer.');
  }
  if (value.includes('\0')) throw new TypeError('A text in a simple query must not have a zero byte.');
  return `E'${value.replace(/['\\]/g, (character) => character + character)}'`;
}
