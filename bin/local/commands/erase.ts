import { erase } from '../../../lambda/job/erase.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { eraseSummary } from '../../../lambda/texts/summary.ts';
import type { EraseCommand } from '../command-line.ts';
import { escapeControls } from '../output/escape.ts';
import { wrap } from '../output/layout.ts';
import { lines } from '../output/page.ts';
import { confirm, isOnTerminal } from './confirm.ts';
import { connected, pageOf, print, printJson, type Session } from './session.ts';

/**
 * Takes one person out of every audit row, and prints the receipt; asks first, unless it was told not to.
 *
 * @throws JobError Interrupted when the answer is no; InvalidSettings when there is nobody to ask
 */
export async function runErase({ phone, yes }: EraseCommand, json: boolean, session: Session): Promise<void> {
  const { settings, texts, signal } = session;
  if (!yes) {
    if (!isOnTerminal()) throw nobodyToAsk();
    await confirm(texts.confirmErasure, signal);
  }
  const result = await connected(session, (database) => erase(database, settings, phone));
  const summary = eraseSummary(result, texts.job);
  if (json) {
    printJson({ ...result, summary });
    return;
  }
  const { paint, columns } = pageOf(session);
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? '' : lines('', title, ...items.map((item) => `  ${escapeControls(item)}`));
  print(lines('', paint('bold', texts.erasure), ...wrap(summary, columns)));
  print(list('threadIds', result.threadIds) + list('exports', result.exports));
}

function nobodyToAsk(): JobError {
  return new JobError(
    'InvalidSettings',
    'erase asks first, and here is no terminal to answer in. Add --yes. Nothing was changed.',
  );
}
