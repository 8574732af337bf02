import { createInterface } from 'node:readline/promises';
import { erase } from '../../../lambda/job/erase.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { eraseSummary } from '../../../lambda/texts/summary.ts';
import type { Command } from '../command-line.ts';
import { escapeControls } from '../output/escape.ts';
import { drawSummary } from '../output/report.ts';
import { pageOf, print, printJson, type Session } from './session.ts';

/**
 * Takes one person out of every audit row, and prints the receipt; asks first, unless it was told not to.
 *
 * @param signal ends the waiting for an answer
 * @throws JobError Interrupted when the answer is no; InvalidSettings when there is nobody to ask
 */
export async function runErase(
  { phone, yes }: Extract<Command, { name: 'erase' }>,
  json: boolean,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const { database, settings, texts } = session;
  if (!yes) await confirm(texts.confirmErasure, texts.yes, signal);
  const result = await erase(database, settings, phone);
  const summary = eraseSummary(result, texts.job);
  if (json) {
    printJson({ ...result, summary });
    return;
  }
  print(drawSummary(texts.erasure, summary, pageOf(session)));
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? '' : `\n${title}\n${items.map((item) => `  ${escapeControls(item)}\n`).join('')}`;
  print(list('threadIds', result.threadIds) + list('exports', result.exports));
}

async function confirm(question: string, yes: RegExp, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new JobError(
      'InvalidSettings',
      'erase asks first, and here is no terminal to answer in. Add --yes. Nothing was changed.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} `, { signal });
    if (yes.test(answer.trim())) return;
  } catch {
    // Ctrl-C or a closed terminal is a no.
  } finally {
    terminal.close();
  }
  throw new JobError('Interrupted', 'The erasure was not confirmed. Nothing was changed.');
}
