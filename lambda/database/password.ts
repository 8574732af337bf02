/** Nothing in it that SASLprep would change. */
const ASCII = /^[\0-\x7f]*$/;

/**
 * The forms in which a server may know a password, the likelier one first.
 *
 * SCRAM compares a password that was prepared (RFC 4013, SASLprep), as libpq and the server itself do: of a password that
 * SASLprep does not allow they take the bytes as they are. MD5 and passwords in clear go unprepared, and the driver does not
 * say which of them the server asks for.
 */
export async function passwordForms(password: string): Promise<readonly [string, ...string[]]> {
  if (ASCII.test(password)) return [password];
  // Its tables take a tenth of a second to load.
  const { saslprep } = await import('@mongodb-js/saslprep');
  try {
    const prepared = saslprep(password);
    return prepared === '' || prepared === password ? [password] : [prepared, password];
  } catch {
    return [password];
  }
}
