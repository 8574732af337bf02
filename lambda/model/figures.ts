import { BANDS, type Band } from './bands.ts';

/** What one reading of the table counts. */
export interface Totals {
  readonly contacts: number;
  readonly maxTokens: number;
  /** Threads over the limit that are left because the conversation is not quiet yet. */
  readonly activeCount: number;
  /** Threads at or over the lower bound of each band, in the order of `BANDS`. */
  readonly reaching: readonly BandFigures[];
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
  /** Those of them that a cleanup leaves, because the conversation is not quiet yet. */
  readonly activeCount: number;
  readonly totalTokens: number;
  readonly maxTokens: number;
  readonly averageTokens: number;
  readonly bands: Readonly<Record<Band, BandFigures>>;
}

/** Of a table without a row. */
export const NO_TOTALS: Totals = { contacts: 0, maxTokens: 0, activeCount: 0, reaching: [] };

const NONE: BandFigures = { threads: 0, tokens: 0 };

/** Turns what was counted into figures. Check and cleanup both take theirs from here (invariant 5). */
export function threadFigures({ contacts, maxTokens, activeCount, reaching }: Totals): ThreadFigures {
  const [active = NONE] = reaching;
  const figures = (band: Band): BandFigures => {
    const index = BANDS.indexOf(band);
    const [from = NONE, to = NONE] = [reaching[index], reaching[index + 1]];
    return { threads: from.threads - to.threads, tokens: from.tokens - to.tokens };
  };
  const bands = {
    normal: figures('normal'),
    caution: figures('caution'),
    warning: figures('warning'),
    critical: figures('critical'),
  };
  return {
    totalContacts: contacts,
    activeThreads: active.threads,
    nearLimitThreads: bands.warning.threads,
    overLimitThreads: bands.critical.threads,
    activeCount,
    totalTokens: active.tokens,
    maxTokens,
    averageTokens: active.threads === 0 ? 0 : Math.round(active.tokens / active.threads),
    bands,
  };
}

/** How many threads are due: over the limit, and of no conversation that is going on. */
export const dueThreads = ({ overLimitThreads, activeCount }: ThreadFigures): number => overLimitThreads - activeCount;

/** The figures of several tables as if they were one. */
export function addFigures(tables: readonly ThreadFigures[]): ThreadFigures {
  const sum = (of: (figures: ThreadFigures) => number) => tables.reduce((total, figures) => total + of(figures), 0);
  const activeThreads = sum((figures) => figures.activeThreads);
  const totalTokens = sum((figures) => figures.totalTokens);
  const band = (name: Band): BandFigures => ({
    threads: sum(({ bands }) => bands[name].threads),
    tokens: sum(({ bands }) => bands[name].tokens),
  });
  return {
    totalContacts: sum((figures) => figures.totalContacts),
    activeThreads,
    nearLimitThreads: sum((figures) => figures.nearLimitThreads),
    overLimitThreads: sum((figures) => figures.overLimitThreads),
    activeCount: sum((figures) => figures.activeCount),
    totalTokens,
    maxTokens: tables.reduce((most, { maxTokens }) => Math.max(most, maxTokens), 0),
    averageTokens: activeThreads === 0 ? 0 : Math.round(totalTokens / activeThreads),
    bands: { normal: band('normal'), caution: band('caution'), warning: band('warning'), critical: band('critical') },
  };
}
