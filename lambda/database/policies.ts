import type { PostgresError } from 'postgres';

/** The last name in quotes: the table's; the policy's own may come before it. Other languages quote otherwise. */
const LAST_QUOTED = /["«„“]([^"«»„“”]+)["»“”][^"«»„“”]*$/;

/**
 * The table whose policy of row-level security refuses a row that would be written, without its schema. The code is that of a
 * missing right, and the server names the table in its words only; its own function tells this case in every language.
 *
 * @returns undefined for any other refusal
 */
export function policyTable({ code, routine, message }: PostgresError): string | undefined {
  const isOfPolicy = routine === 'ExecWithCheckOptions' || /new row violates row-level security policy/.test(message);
  return code === '42501' && isOfPolicy ? LAST_QUOTED.exec(message)?.[1] : undefined;
}
