import { emojiNames, firstNames, labels, lastNames, userNames } from './names.ts';
import { type Random, randomFrom } from './random.ts';

/** A row of `"ClientView"`. */
export interface SampleContact {
  readonly phoneNumber: string;
  readonly name: string | null;
  readonly userName: string | null;
  readonly labels: string | null;
  readonly chatId: string;
  readonly lastActivity: string;
  readonly threadId: string | null;
  readonly threadTokenCount: number | null;
}

/** A typical installation: so many contacts with conversations, so many of them with a name. */
export const CONTACT_COUNT = 243;
const NAMED_COUNT = 185;

const SEED = 20_250_893;

/**
 * How many threads have tokens from `least` to below `below`: most are small, a few are due at the usual limit of
 * 1,000,000. The rest of the contacts has no tokens yet.
 */
const TOKEN_SPREAD: readonly { readonly threads: number; readonly least: number; readonly below: number }[] = [
  { threads: 1, least: 2_400_000, below: 2_600_000 },
  { threads: 7, least: 1_000_000, below: 1_400_000 },
  { threads: 14, least: 800_000, below: 1_000_000 },
  { threads: 31, least: 500_000, below: 800_000 },
  { threads: 161, least: 300, below: 500_000 },
];
/** The first one near the limit has no thread id: what a read-modify-write of the assistant may leave behind. */
const WITHOUT_THREAD_ID = 8;

/** Makes the sample contacts, the same ones each time. Nobody has these numbers: no Colombian number begins with 57 000. */
export function sampleContacts(): SampleContact[] {
  const random = randomFrom(SEED);
  const tokens = TOKEN_SPREAD.flatMap(({ threads, least, below }) =>
    Array.from({ length: threads }, () => random.between(least, below - 1)),
  );
  const names = sampleNames(random);
  const contacts = Array.from({ length: CONTACT_COUNT }, (_, index) =>
    sampleContact(random, index, names[index] ?? null, tokens[index] ?? null),
  );
  // The table's order tells nothing about the tokens, as in real life.
  return shuffled(random, contacts);
}

function sampleContact(random: Random, index: number, name: string | null, tokens: number | null): SampleContact {
  const phoneNumber = `57000${digits(random, 4)}${String(index).padStart(3, '0')}`;
  const minutesAgo = Math.floor(random.next() ** 2 * 60 * 24 * 60);
  const hasThread = tokens !== null && index !== WITHOUT_THREAD_ID;
  return {
    phoneNumber,
    name,
    userName: name === null || random.next() < 0.3 ? (random.next() < 0.6 ? random.pick(userNames) : null) : null,
    labels: random.next() < 0.55 ? random.pick(labels) : null,
    chatId: `${phoneNumber}@s.whatsapp.net`,
    lastActivity: new Date(Date.UTC(2025, 7, 29, 3) - minutesAgo * 60_000).toISOString(),
    threadId: hasThread ? `${random.next() < 0.8 ? 'conv' : 'resp'}_${letters(random, 24)}` : null,
    threadTokenCount: tokens ?? (random.next() < 0.5 ? 0 : null),
  };
}

/** `NAMED_COUNT` names, then nulls, in any order. */
function sampleNames(random: Random): (string | null)[] {
  const plain = Array.from({ length: NAMED_COUNT - emojiNames.length }, () => {
    const last = random.next() < 0.7 ? ` ${random.pick(lastNames)}` : '';
    return `${random.pick(firstNames)}${last}`;
  });
  const nobody = Array.from({ length: CONTACT_COUNT - NAMED_COUNT }, () => null);
  return shuffled(random, [...emojiNames, ...plain, ...nobody]);
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.between(0, 9)).join('');
}

function letters(random: Random, count: number): string {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
  return Array.from({ length: count }, () => random.pick(alphabet)).join('');
}
