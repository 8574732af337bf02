import { listNearLimit } from '../../../lambda/job/near-limit.ts';
import { csvHead, threadLine } from '../output/csv.ts';
import { drawState } from '../output/report.ts';
import { connected, pageOf, print, printJson, runCheck, type Session } from './session.ts';

/** Shows the state of the threads. */
export async function runCheckCommand(json: boolean, session: Session): Promise<void> {
  const state = await connected(session, (database) => runCheck(database, session));
  if (json) printJson(state);
  else print(drawState(session.texts.state, state, pageOf(session)));
}

/** Lists every thread that is over the limit or near it as CSV, however many there are: one statement, page by page. */
export async function listAsCsv(session: Session): Promise<void> {
  const { settings, texts } = session;
  await connected(session, async (database) => {
    let head = csvHead(texts.csv);
    await listNearLimit(database, settings, settings.tokenLimit, async (threads) => {
      await printed(head + threads.map((thread) => threadLine(thread, texts.csv)).join(''));
      head = '';
    });
    await printed(head);
  });
}

/** Waits for the reader, so that what it has not read yet stays in the database; when it is gone, the signal says so. */
const printed = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
