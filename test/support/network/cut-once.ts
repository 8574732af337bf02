import type { Judge, Verdict } from './proxy.ts';

/** Moments in the life of a statement at which its connection may break. */
export const MOMENTS = ['before it', 'inside it', 'at its end', 'after it'] as const;
export type Moment = (typeof MOMENTS)[number];

/** A cut that is to come. */
export interface Cut {
  readonly newJudge: () => Judge;
  /** Whether it has come. */
  happened(): boolean;
}

/**
 * Cuts once, at a moment of the `nth` statement that contains `words`. "At its end" the server has committed, and the
 * client has not read it.
 */
export function cutOnce(moment: Moment, words: string, nth = 1): Cut {
  let done = false;
  let seen = 0;
  const once = (verdict: Verdict) => {
    done = true;
    return verdict;
  };
  const newJudge = (): Judge => {
    let sent = false;
    return (from, data) => {
      if (done) return 'pass';
      if (from === 'server') {
        if (!sent) return 'pass';
        if (moment === 'at its end') return once('cut');
        return moment === 'after it' ? once('pass and cut') : 'pass';
      }
      if (data.includes(words)) seen += 1;
      if (seen < nth) return 'pass';
      sent = true;
      if (moment === 'before it') return once('cut');
      return moment === 'inside it' ? once('pass and cut') : 'pass';
    };
  };
  return { newJudge, happened: () => done };
}
