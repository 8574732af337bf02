/**
 * What a terminal may take for a command, or what changes the order or the lines of a text: control characters (C0, C1),
 * line separators, lone surrogates, and Unicode's marks for writing direction (UAX 9). Joiners stay: emoji need them.
 */
const HARMFUL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Makes a text fit to be printed on one line. Names, phone numbers and thread ids come from strangers on WhatsApp: what a
 * terminal could obey is shown as `\u{1b}` instead.
 */
export function escapeControls(text: string): string {
  return text.replace(HARMFUL, (character) => `\\u{${codeOf(character).toString(16)}}`);
}

/** The same for a value as one line of JSON: such characters only occur inside its texts, where JSON has an escape for them. */
export function escapeControlsInJson(value: unknown): string {
  return JSON.stringify(value).replace(HARMFUL, (character) => `\\u${codeOf(character).toString(16).padStart(4, '0')}`);
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
