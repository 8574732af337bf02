const HARMLESS_TEXT = /^[\p{L}\p{N}_.,+ -]{0,32}$/u;
/** Fewer digits than any phone number with its country code has. */
const MOST_DIGITS = 7;

/**
 * Says what somebody gave, for an error message. A text is quoted only when it is short and plain: anything else may be
 * a URL, a password or a phone number that ended up in the wrong place.
 */
export function given(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    const digits = value.replace(/\D/g, '').length;
    return HARMLESS_TEXT.test(value) && digits <= MOST_DIGITS
      ? `the text "${value}"`
      : `a text of ${value.length} characters`;
  }
  return Array.isArray(value) ? 'a list' : `an ${typeof value}`;
}
