import { mayConcernOneRow, type RefusedStatement } from '../database/refused-statement.ts';

/** What becomes of refusals. */
export interface OnRefusal<T> {
  /** Asked of every refusal; throws to give up, for one that has nothing to do with single items. */
  consider(error: RefusedStatement): void;
  /** Told of each item that is refused by itself; may throw to give up. */
  refused(item: T, error: RefusedStatement): void;
}

/**
 * Does something with a batch. Where the server refuses it for the sake of one of its items, it is done with each half, and
 * so on until the item is found: one of 2,000 takes 23 attempts, and the others do not suffer for it.
 *
 * @param attempt may be refused as a whole, and has then done nothing
 * @returns the results, in the order of the batch
 */
export async function* byHalves<T, R>(
  batch: readonly T[],
  attempt: (part: readonly T[]) => Promise<R>,
  onRefusal: OnRefusal<T>,
): AsyncGenerator<R> {
  const parts = [batch];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    try {
      yield await attempt(part);
    } catch (error) {
      if (!mayConcernOneRow(error)) throw error;
      onRefusal.consider(error);
      const [item] = part;
      if (part.length > 1) {
        const middle = Math.ceil(part.length / 2);
        parts.push(part.slice(middle), part.slice(0, middle));
      } else if (item !== undefined) onRefusal.refused(item, error);
    }
  }
}
