import { vi } from 'vitest';

/** Catches what is written to the log from now on, until `vi.restoreAllMocks()`. */
export function catchLog(): readonly string[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
  return lines;
}
