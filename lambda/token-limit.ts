import * as v from 'valibot';
import { given } from './model/quote-safely.ts';

/** Threads with this many tokens are cleared when nobody says otherwise (seed: "1 millón de tokens"). */
export const DEFAULT_TOKEN_LIMIT = 1_000_000;

const ALLOWED = `a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`;

/** A token limit as JSON has it: a number. Messages say what was given and what is allowed. */
export const tokenLimitNumber = v.pipe(
  v.number((issue) => `"tokenLimit" is ${given(issue.input)}; allowed is ${ALLOWED}, without quotes.`),
  v.safeInteger((issue) => `"tokenLimit" is ${given(issue.input)}; allowed is ${ALLOWED}.`),
  v.minValue(1, (issue) => `"tokenLimit" is ${given(issue.input)}; allowed is ${ALLOWED}.`),
);

/**
 * Reads a token limit (tokens) from text, as the environment, the command line and CDK context have it.
 *
 * @returns the limit, or undefined when the text is not a whole number from 1 to 2^53 - 1
 */
export function parseTokenLimit(text: string): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined;
  const limit = Number(text);
  return Number.isSafeInteger(limit) ? limit : undefined;
}

/** What `parseTokenLimit` accepts, for messages. */
export const ALLOWED_TOKEN_LIMIT = ALLOWED;
