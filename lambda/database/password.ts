/** RFC 3454, table C.1.2: spaces that become one of ASCII. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** RFC 3454, table B.1: what commonly becomes nothing, joiners and selectors of variants. */
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/**
 * The forms in which a server may know a password, the likelier one first.
 *
 * SCRAM compares a password that was prepared (SASLprep, RFC 4013), as libpq and the server do it. A password with a character
 * that SASLprep does not allow, or that Unicode 3.2 did not have, they take as it is; and so do MD5 and passwords in clear,
 * where the driver does not say which of them the server asks for. So it is one or the other, and no table of what is not
 * allowed is needed.
 */
export function passwordForms(password: string): readonly [string, ...string[]] {
  const prepared = password.replace(SPACES, ' ').replace(NOTHING, '').normalize('NFKC');
  return prepared === '' || prepared === password ? [password] : [prepared, password];
}
