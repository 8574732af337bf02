import type { Database } from '../database/database.ts';
import {
  type ClientView,
  PLACES_BELOW_PAGE,
  type Storage,
  selectDuePlaces,
  selectStorage,
} from '../tables/client-view.ts';

/** Where a pass over the table is. Pages only grow, until a rewrite of the table begins it anew. */
export interface Position {
  /** The first page that has not been handled to its end. */
  readonly page: number;
  /** The page at which the pass ends. */
  readonly end: number;
  /** The table's file. */
  readonly file: number;
}

/** Some due threads, and where the pass is once they are handled. */
export interface Step {
  /** Their places; none where the pass only got further. */
  readonly due: readonly string[];
  readonly after: Position;
}

/** How much of the table is read at once, between two looks at the clock: 16 MB of 8 kB pages. */
export const PAGES_PER_READ = 2_048;
/** The same when few threads are due: 512 MB, which an index may serve. */
const PAGES_PER_READ_OF_FEW = 65_536;
/** So many are few, wherever in the table they are. */
const FEW_THREADS = 50_000;
/** Threads per statement: a few ten milliseconds of row locks. */
const BATCH_SIZE = 2_000;

export interface PassOptions {
  readonly tokenLimit: number;
  readonly start: Position;
  /** How many due threads there are about. */
  readonly expectedCount: number;
  /** Places on the pages below `PLACES_BELOW_PAGE`, when they are known already. */
  readonly places?: readonly string[] | undefined;
  /** @default by the number of due threads */
  readonly pagesPerRead?: number | undefined;
}

/**
 * Yields the due threads from a position to the end of the table, in batches and in the order of the pages (invariant 6):
 * those whose places are known, then range by range of what has to be read. Where the table has been rewritten meanwhile,
 * it begins anew with the new pages.
 *
 * Before each range, an empty step says how far the pass is, so that the clock can be looked at.
 */
export async function* passOver(database: Database, view: ClientView, options: PassOptions): AsyncGenerator<Step> {
  const { tokenLimit, places, expectedCount } = options;
  let { start } = options;
  const pagesPerRead = options.pagesPerRead ?? (expectedCount <= FEW_THREADS ? PAGES_PER_READ_OF_FEW : PAGES_PER_READ);
  if (places !== undefined) {
    const known = { ...start, end: Math.min(start.end, PLACES_BELOW_PAGE) };
    yield* inBatches(places, known, start);
    start = { ...start, page: known.end };
  }
  for (let { page, end, file } = start; page < end; ) {
    yield { due: [], after: { page, end, file } };
    const to = Math.min(page + pagesPerRead, end);
    const [found] = await database.run((sql) => selectDuePlaces(sql, view, page, to, tokenLimit));
    if (found !== undefined && found.file !== file) {
      ({ page, end, file } = beginning(found));
      continue;
    }
    yield* inBatches(placesIn(found?.places ?? ''), { page, end: to, file }, { page, end, file });
    page = to;
  }
}

/**
 * Batches of places on the pages of `range`, in their order; after the last one the range is done. Places are sorted as numbers:
 * as objects, ten thousand of them take a quarter of the time that clearing a batch does.
 */
function* inBatches(places: readonly string[], range: Position, pass: Position): Generator<Step> {
  const sorted = Float64Array.from(places, numberOf).sort();
  for (let start = 0; start < sorted.length; start += BATCH_SIZE) {
    const next = sorted[start + BATCH_SIZE];
    yield {
      due: Array.from(sorted.subarray(start, start + BATCH_SIZE), placeOf),
      after: { ...pass, page: next === undefined ? range.end : pageOf(next) },
    };
  }
}

/** The lines of a page have numbers of 16 bits (PostgreSQL sources: "storage/off.h"). */
const MAX_LINES = 2 ** 16;

/** A place as a number, in the order of the pages and of the lines on them. */
function numberOf(place: string): number {
  const comma = place.indexOf(',');
  return Number(place.slice(1, comma)) * MAX_LINES + Number(place.slice(comma + 1, -1));
}

const pageOf = (number: number) => Math.floor(number / MAX_LINES);
const placeOf = (number: number) => `(${pageOf(number)},${number % MAX_LINES})`;

/** The places of a text, in which they stand one behind the other. */
export function placesIn(text: string): string[] {
  return text.match(/\(\d+,\d+\)/g) ?? [];
}

/** Where a pass over the whole table begins. */
export function beginning({ pages, file }: Storage): Position {
  return { page: 0, end: pages, file };
}

/** Whether the table has been rewritten since the pass began: then places have been given to other rows. */
export async function wasRewritten(
  database: Database,
  view: ClientView,
  { file }: Position,
): Promise<Storage | undefined> {
  const [storage] = await database.run((sql) => selectStorage(sql, view));
  return storage !== undefined && storage.file !== file ? storage : undefined;
}
