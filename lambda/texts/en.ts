import type { Band } from '../bands.ts';

const number = new Intl.NumberFormat('en-US');
const threads = (n: number) => `${number.format(n)} ${n === 1 ? 'thread' : 'threads'}`;

/** What the function says in English. Error messages and logs are English in every language: they are looked up. */
export const en = {
  locale: 'en-US',
  bands: { normal: 'Normal', caution: 'Caution', warning: 'Warning', critical: 'Critical' } satisfies Record<
    Band,
    string
  >,
  active: (active: number, contacts: number, tokens: number, most: number) =>
    `${number.format(active)} active ${active === 1 ? 'thread' : 'threads'} of ${number.format(contacts)} contacts, ` +
    `${number.format(tokens)} tokens in all; ` +
    `the largest has ${number.format(most)}.`,
  overLimit: (over: number, limit: number, near: number) =>
    `${threads(over)} at or over the limit of ${number.format(limit)} tokens, ${number.format(near)} near it.`,
  wouldClear: (over: number) =>
    over === 0 ? 'A cleanup would clear nothing.' : `The next cleanup clears ${over === 1 ? 'it' : 'them'}.`,
  cleared: (cleared: number, tokens: number, limit: number, rows: number) =>
    `Cleared ${threads(cleared)} with ${number.format(tokens)} tokens (limit ${number.format(limit)}), recorded in ` +
    `${number.format(rows)} audit ${rows === 1 ? 'row' : 'rows'}.`,
  nothingCleared: (limit: number) => `Nothing cleared with a limit of ${number.format(limit)} tokens.`,
  remaining: (n: number) =>
    `${threads(n)} over the limit ${n === 1 ? 'remains' : 'remain'} for the next run (locked or changed meanwhile).`,
  incomplete: 'Time ran out before the end of the table was reached; the next run goes on.',
  nearLimit: (n: number) => `${threads(n)} near the limit.`,
  undo: (command: string) => `To undo it: ${command}`,
  paused: (command: string) => `Cleanup is paused: nothing was cleared. To resume it: ${command}`,
  restored: (n: number) => `Put ${threads(n)} back.`,
  restoredBefore: (n: number) => `${threads(n)} came back earlier.`,
  skipped: (n: number) =>
    `Left ${threads(n)} as ${n === 1 ? 'it is' : 'they are'}: the contact has a newer thread, is gone or is locked just ` +
    'now, or there was no thread id.',
  stillOverLimit:
    'They are still over the limit: the next cleanup would clear them again. To prevent that, raise the token limit or ' +
    'pause the cleanup before it runs.',
};

/** A language's texts; one that lacks a text does not compile. */
export type Texts = typeof en;
