import { createInterface } from 'node:readline';
import { JobError } from '../../../lambda/model/job-error.ts';

/** Whether somebody is there who can read a question and answer it. */
export const isOnTerminal = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** In the language of the question, or in the other one out of habit. */
const YES = /^\s*(y|yes|s|si|sí)\s*$/i;

/**
 * Asks on standard error and waits for a line; the end of the input is a no.
 *
 * @throws JobError Interrupted when the answer is no yes, or when somebody interrupts
 */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  // Not as a terminal, so that Ctrl-C stays the signal that it is everywhere else.
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const answer = await new Promise<string | undefined>((resolve, reject) => {
      const interrupt = () => {
        process.stderr.write('\n');
        reject(new JobError('Interrupted', 'Interrupted. Nothing was changed.'));
      };
      signal.addEventListener('abort', interrupt, { once: true });
      if (signal.aborted) interrupt();
      reader.once('close', () => resolve(undefined));
      reader.question(`\n${question} `, resolve);
    });
    if (answer === undefined) process.stderr.write('\n');
    if (YES.test(answer ?? '')) return;
    throw new JobError('Interrupted', 'Not confirmed. Nothing was changed.');
  } finally {
    reader.close();
  }
}
