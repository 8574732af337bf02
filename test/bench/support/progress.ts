import { stderr } from 'node:process';

/** A line of a terminal that says what is being done, and goes again; no terminal, no line. */
export const progressLine = {
  show(text: string): void {
    if (stderr.isTTY) stderr.write(`\r\u001b[K${text.slice(0, stderr.columns - 1)}`);
  },
  wipe(): void {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  },
};
