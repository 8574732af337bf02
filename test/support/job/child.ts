import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CleanupResult } from '../../../lambda/model/results.ts';

/** A cleanup in a process of its own. */
export interface CleanupChild {
  readonly process: ChildProcess;
  /** Resolves when it is about to clear its first batch, or has ended. */
  readonly begun: Promise<unknown>;
  /** Resolves when it has ended, with its result if it came to one. */
  readonly ended: Promise<CleanupResult | undefined>;
}

/** @param again whether it runs over and over until it is killed */
export function startCleanupChild(url: string, tokenLimit: number, again = false): CleanupChild {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'child-program.ts'), url, String(tokenLimit), ...(again ? ['again'] : [])],
    { stdio: ['ignore', 'pipe', 'pipe'], env: {} },
  );
  const exited = once(child, 'close');
  const begun = Promise.race([once(child.stdout, 'data'), exited]);
  let lastLine = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    lastLine = line;
  });
  const words: string[] = [];
  child.stderr.on('data', (data) => words.push(String(data)));
  const ended = exited.then(([code]) => {
    if (code === 0) return JSON.parse(lastLine);
    if (code === null) return undefined;
    throw new Error(`The cleanup's process ended with ${code}:\n${words.join('')}`);
  });
  return { process: child, begun, ended };
}
