import { asJobError } from '../../../lambda/model/job-error.ts';
import { escapeControls } from './escape.ts';
import { hang } from './layout.ts';
import { lines, type Page } from './page.ts';

/**
 * Draws an error: its name, what that means in the reader's language, and its message. One line for a program that reads
 * it; only an unexpected error comes with the places it came through.
 *
 * @param isFitted whether it is for people, in lines as wide as the page
 */
export function drawError(error: unknown, page: Page, isFitted: boolean): string {
  const failure = asJobError(error);
  const said = page.texts.job.explainedError(failure.code, failure.message).replace(/\s+/g, ' ');
  const text = `${failure.name}: ${escapeControls(said)}`;
  const [first = '', ...others] = isFitted ? hang(text, page.columns) : [text];
  const name = page.paint('red', page.paint('bold', failure.name));
  const stack = failure.name === 'UnexpectedError' ? (failure.stack ?? '').split('\n').slice(1) : [];
  return lines(name + first.slice(failure.name.length), ...others, ...stack);
}
