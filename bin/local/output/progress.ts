import type { WriteStream } from 'node:tty';
import type { CleanupOptions } from '../../../lambda/job/cleanup.ts';
import type { CleanupProgress } from '../../../lambda/model/results.ts';
import type { TerminalTexts } from '../texts/en.ts';
import { cut } from './layout.ts';

/** A line of a terminal that is overwritten and finally erased. */
export interface PassingLine {
  show(text: string): void;
  erase(): void;
}

const ERASE = '\r\u001b[K';

/** Writes to standard error, so that standard output stays what was asked for; no terminal there, nothing written. */
export function passingLine(stream: WriteStream = process.stderr): PassingLine {
  let shown = false;
  return {
    show: (text) => {
      if (!stream.isTTY) return;
      // A terminal that does not tell its width has 80.
      stream.write(ERASE + cut(text, (stream.columns || 80) - 1));
      shown = true;
    },
    erase: () => {
      if (shown) stream.write(ERASE);
      shown = false;
    },
  };
}

/** Shows a text and, from the first second on, how many have passed; what it returns ends that. */
export function showElapsed(line: PassingLine, text: (seconds: number) => string): () => void {
  const startedAt = performance.now();
  const show = () => line.show(text(Math.floor((performance.now() - startedAt) / 1000)));
  show();
  const timer = setInterval(show, 1_000);
  return () => clearInterval(timer);
}

/** Milliseconds before the first and between two looks; a cleanup that is over by then shows none. */
const SHOWN_EVERY_MS = 200;

/** Shows how far a cleanup is, until `end`; its rate counts from the end of the opening count. */
export function cleanupProgress(
  line: PassingLine,
  texts: TerminalTexts,
): Required<Pick<CleanupOptions, 'onCounted' | 'onBatch'>> & { end(): void } {
  const stopCounting = showElapsed(line, texts.counting);
  let startedAt = performance.now();
  let shownAt = startedAt;
  let batches = 0;
  return {
    onCounted: () => {
      stopCounting();
      startedAt = performance.now();
    },
    onBatch: (progress) => {
      batches += 1;
      const now = performance.now();
      if (now - shownAt < SHOWN_EVERY_MS) return;
      shownAt = now;
      line.show(progressText(progress, batches, now - startedAt, texts));
    },
    end: () => {
      stopCounting();
      line.erase();
    },
  };
}

/** @param ms that the clearing has taken so far */
export function progressText(progress: CleanupProgress, batches: number, ms: number, texts: TerminalTexts): string {
  const { cleanedCount, totalTokensCleared, expectedCount } = progress;
  const perSecond = (cleanedCount * 1000) / ms;
  const secondsLeft = Math.max(0, expectedCount - cleanedCount) / perSecond;
  return [
    texts.progress(batches, cleanedCount, expectedCount, totalTokensCleared),
    texts.perSecond(Math.round(perSecond)),
    ...(cleanedCount > 0 ? [timeLeft(secondsLeft, texts)] : []),
  ].join(', ');
}

/** Seconds. A unit is used from two of it on: "1 min", rounded up, might be hardly any. */
const MINUTES_FROM = 2 * 60;
const HOURS_FROM = 2 * 3_600;

/** In the unit in which a number says enough by itself. */
function timeLeft(seconds: number, texts: TerminalTexts): string {
  if (seconds < MINUTES_FROM) return texts.timeLeft(Math.ceil(seconds), 's');
  return seconds < HOURS_FROM
    ? texts.timeLeft(Math.ceil(seconds / 60), 'min')
    : texts.timeLeft(Math.ceil(seconds / 3_600), 'h');
}
