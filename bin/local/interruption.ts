/** Whether somebody wants the program to end before it is done. */
export interface Interruption {
  /** Aborts what is under way. */
  readonly signal: AbortSignal;
  /** What the program ends with once it was interrupted (128 + the signal's number, as shells count); else undefined. */
  exitStatus(): number | undefined;
  /** Whether the reader of the output is gone, so that there is nobody to tell anything. */
  readerGone(): boolean;
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal and a closed pipe (`| head -1`). The first one aborts; the second one
 * ends the program at once, without waiting for a server that does not answer.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  const interrupt = (name: keyof typeof SIGNALS) => {
    if (status !== undefined && name !== 'SIGPIPE') process.exit(status);
    status ??= 128 + SIGNALS[name];
    controller.abort();
  };
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupt(name));
  // Node ignores SIGPIPE itself; writing fails instead, now or later.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupt('SIGPIPE'));
  return {
    signal: controller.signal,
    exitStatus: () => status,
    readerGone: () => status === 128 + SIGNALS.SIGPIPE,
  };
}
