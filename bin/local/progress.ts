import type { WriteStream } from 'node:tty';
import type { CleanupProgress } from '../../lambda/cleanup.ts';
import { cut } from './layout.ts';
import { progressText } from './texts.ts';

/** A line of a terminal that is overwritten and finally wiped. */
export interface PassingLine {
  show(text: string): void;
  wipe(): void;
}

const WIPE = '\r\u001b[K';

/** Writes to standard error, so that standard output stays what was asked for; no terminal there, nothing written. */
export function passingLine(stream: WriteStream = process.stderr): PassingLine {
  let shown = false;
  return {
    show: (text) => {
      if (!stream.isTTY) return;
      stream.write(WIPE + cut(text, stream.columns - 1));
      shown = true;
    },
    wipe: () => {
      if (shown) stream.write(WIPE);
      shown = false;
    },
  };
}

/** Milliseconds before the first and between two looks; a cleanup that is over by then shows none. */
const SHOWN_EVERY_MS = 200;

/** Shows how far a cleanup is, for its `onBatch`. */
export function cleanupProgress(line: PassingLine): (progress: CleanupProgress) => void {
  let shownAt = 0;
  return (progress) => {
    if (progress.durationMs - shownAt < SHOWN_EVERY_MS) return;
    shownAt = progress.durationMs;
    line.show(progressText(progress));
  };
}
