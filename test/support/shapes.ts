import fc from 'fast-check';

/**
 * How often each property is tried, and where chance begins: the same every time, so that a run that passed passes
 * again. A property's failure names its counterexample.
 */
export const tries = (numRuns: number) => ({ numRuns, seed: 20_260_501 });

/** Any text that PostgreSQL can store: all of Unicode but the zero byte. Half surrogate pairs are no text. */
export const storableText = (maxLength: number) =>
  fc.string({ unit: 'binary', maxLength }).map((text) => text.replaceAll('\0', '0'));

const SUSPICIOUS = [
  `"; drop table "ClientView"; --`,
  `'); delete from x; --`,
  '$$; select 1; $$',
  'select',
  'a.b',
  '"a.b"."c""d"',
  'pg_catalog.pg_class',
  '%I %s $1 \\',
] as const;

/** Names as people mistype them, and as attackers do not. */
export const nameLikeText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('"', '.', ' ', 'a', 'B', 'ñ', ';', "'", '$', '\\', '-', '😀'), maxLength: 30 }),
  fc.constantFrom(...SUSPICIOUS),
  fc.tuple(fc.constantFrom(...SUSPICIOUS), fc.string({ maxLength: 10 })).map((parts) => parts.join('')),
);

const KEYS = [
  'mode',
  'tokenLimit',
  'force',
  'auditId',
  'requestId',
  'detail-type',
  '__proto__',
  'constructor',
] as const;
const plausibleValue = fc.constantFrom(
  ...['check', 'cleanup', 'restore', 'Scheduled Event', 'CHECK', '', '1', true, false, null, undefined],
  ...[0, 1, -1, 1.5, 1_000_000, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY],
);

/** A text that must never be echoed: too long or too strange for a word that somebody mistyped. */
export const secretText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'QXZJKVW47'), minLength: 21, maxLength: 60 }),
  fc.webUrl({ validSchemes: ['postgres', 'https'] }),
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 8, maxLength: 15 }),
  fc.constant('Q'.repeat(100_000)),
);

/** Payloads: near misses of the contract, anything that JSON can say, and anything that JavaScript can hold. */
export const payload = fc.oneof(
  fc.dictionary(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...KEYS) }, { weight: 1, arbitrary: secretText }),
    fc.oneof({ weight: 4, arbitrary: plausibleValue }, { weight: 1, arbitrary: secretText }, fc.anything()),
    { maxKeys: 4, noNullPrototype: false },
  ),
  fc.json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text)),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withTypedArray: true }),
  secretText,
);

/** All texts in a payload, keys included. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}
