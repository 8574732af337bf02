import { TOKEN_LIMIT_SOURCES, type TokenLimitSource } from './token-limit-source.ts';

/** A cleanup that the safety limit does not let happen. */
export interface Refusal {
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  /** Threads that it would clear, and of how many active ones. */
  readonly threads: number;
  readonly activeThreads: number;
  /** The same in per cent, and how many per cent are allowed. */
  readonly share: number;
  readonly allowed: number;
}

/** What the reader of a refusal has before them. */
export interface RefusalWords {
  readonly limitFrom: Readonly<Record<TokenLimitSource, string>>;
  /** The setting of the safety limit. */
  readonly maxClearedShare: string;
  /** What to do where the limit is wrong. */
  readonly correctLimit: Readonly<Record<TokenLimitSource, string>>;
  /** What overrides the safety limit for one run. */
  readonly force: string;
}

export const FUNCTION_WORDS: RefusalWords = {
  limitFrom: { payload: 'from the payload', parameter: 'from the parameter', deployment: 'as deployed' },
  maxClearedShare: 'maxClearedShare',
  correctLimit: {
    payload: 'leave "tokenLimit" out of the payload, and the configured limit applies',
    parameter: 'set the parameter again, or delete it, and the deployed limit applies',
    deployment: 'set the parameter for it, which takes precedence',
  },
  force: '"force": true',
};

const number = (n: number) => n.toLocaleString('en-US');

/** The message of the error `CleanupRefused`. */
export function refusalMessage(
  refusal: Refusal,
  { limitFrom, maxClearedShare, correctLimit, force }: RefusalWords,
): string {
  const { tokenLimit, tokenLimitFrom, threads, activeThreads, share, allowed } = refusal;
  return (
    `With a limit of ${number(tokenLimit)} tokens (${limitFrom[tokenLimitFrom]}) this run would clear ${number(threads)} of ` +
    `${number(activeThreads)} active threads (${share}%); a run may clear at most ${allowed}% of them (${maxClearedShare}). ` +
    `Nothing was changed. If the limit is wrong, ${correctLimit[tokenLimitFrom]}. If it is right, and all of them are meant ` +
    `to be cleared, run once with ${force}.`
  );
}

/**
 * Reads the function's own message again: an error is all that Lambda reports of a failed run.
 *
 * @returns undefined for any other message
 */
export function readRefusal(message: string): Pick<Refusal, 'tokenLimit' | 'tokenLimitFrom' | 'threads'> | undefined {
  const [, limit = '', from, threads = ''] =
    /^With a limit of ([\d,]+) tokens \(([a-z ]+)\) this run would clear ([\d,]+) of /.exec(message) ?? [];
  const tokenLimitFrom = TOKEN_LIMIT_SOURCES.find((source) => FUNCTION_WORDS.limitFrom[source] === from);
  if (tokenLimitFrom === undefined) return undefined;
  return { tokenLimit: readNumber(limit), tokenLimitFrom, threads: readNumber(threads) };
}

const readNumber = (text: string) => Number(text.replaceAll(',', ''));
