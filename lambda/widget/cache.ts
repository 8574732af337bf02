/**
 * Keeps a result for a while, so that asking often does not work often. Who asks while it is being made shares it; a
 * failure is not kept.
 *
 * @param ms milliseconds from the moment the result is there
 */
export function cacheFor<T>(ms: number): (make: () => Promise<T>) => Promise<T> {
  let current: Promise<T> | undefined;
  let until = 0;
  return (make) => {
    // The wall clock: Lambda stops a function between two requests, and other clocks with it.
    if (current !== undefined && Date.now() < until) return current;
    until = Number.POSITIVE_INFINITY;
    current = make();
    current.then(
      () => {
        until = Date.now() + ms;
      },
      () => {
        current = undefined;
      },
    );
    return current;
  };
}
