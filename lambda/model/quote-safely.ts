/** Controls, and what turns the direction of a line: both can make a reader see something else. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** A text as one line that shows what it is, for where it is quoted to people. */
export const inOneLine = (text: string) => text.replace(CONTROLS, ' ');

const HARMLESS_TEXT = /^[\p{L}\p{N}_.,+ -]{0,20}$/u;
/** Fewer digits than any phone number with its country code has. */
const MAX_DIGITS = 7;
/** ITU-T E.164: no phone number has more. */
const MAX_PHONE_DIGITS = 15;

/**
 * Says what somebody gave, for the end of an error message: `must be X (got …)`. A text is quoted only when it is short
 * and plain, and a number only when it is no phone number: anything else may be a URL, a password or a contact that
 * ended up in the wrong place.
 */
export function quoteSafely(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  // Nothing but what turns into text by itself: an object may refuse, {"toString":null} does.
  const digits = String(value).replace(/\D/g, '').length;
  if (typeof value === 'number') {
    return digits <= MAX_DIGITS || digits > MAX_PHONE_DIGITS ? String(value) : `a number of ${digits} digits`;
  }
  if (typeof value === 'string') {
    return HARMLESS_TEXT.test(value) && digits <= MAX_DIGITS ? `"${value}"` : `a text of ${value.length} characters`;
  }
  return `a ${typeof value}`;
}

/** The same for a text that a message calls by its name: `Unknown key "limit"`, `Unknown key (a text of 34 characters)`. */
export function nameSafely(text: string): string {
  const quoted = quoteSafely(text);
  return quoted.startsWith('"') ? quoted : `(${quoted})`;
}
