import { BANDS, type Band } from './bands.ts';

/** Threads and tokens of one band; band 0 are the contacts without tokens, 1 to 4 are `BANDS` in order. */
export interface BandTotal {
  readonly band: number;
  readonly threads: number;
  readonly tokens: number;
  readonly mostTokens: number;
}

export interface BandFigures {
  readonly threads: number;
  readonly tokens: number;
}

/** Figures over all contacts; totals and average are over the active threads, those with tokens. */
export interface ThreadFigures {
  readonly totalContacts: number;
  readonly activeThreads: number;
  readonly nearLimitThreads: number;
  readonly overLimitThreads: number;
  readonly totalTokens: number;
  readonly maxTokens: number;
  readonly averageTokens: number;
  readonly bands: Readonly<Record<Band, BandFigures>>;
}

/** Adds the rows of the aggregate up. Check and cleanup both take their figures from here (invariant 5). */
export function threadFigures(totals: readonly BandTotal[]): ThreadFigures {
  const active = totals.filter(({ band }) => band > 0);
  const sum = (rows: readonly BandTotal[], key: 'threads' | 'tokens') =>
    rows.reduce((total, row) => total + row[key], 0);
  const figures = (name: Band): BandFigures => {
    const rows = active.filter(({ band }) => BANDS[band - 1] === name);
    return { threads: sum(rows, 'threads'), tokens: sum(rows, 'tokens') };
  };
  const bands = {
    normal: figures('normal'),
    caution: figures('caution'),
    warning: figures('warning'),
    critical: figures('critical'),
  };
  const activeThreads = sum(active, 'threads');
  const totalTokens = sum(active, 'tokens');
  return {
    totalContacts: sum(totals, 'threads'),
    activeThreads,
    nearLimitThreads: bands.warning.threads,
    overLimitThreads: bands.critical.threads,
    totalTokens,
    maxTokens: Math.max(0, ...active.map(({ mostTokens }) => mostTokens)),
    averageTokens: activeThreads === 0 ? 0 : Math.round(totalTokens / activeThreads),
    bands,
  };
}
