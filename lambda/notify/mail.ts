import type { NoticeSettings } from '../input/settings.ts';
import type { Texts } from '../texts/en.ts';
import { timeText } from '../texts/time.ts';

/** An e-mail. */
export interface Notice {
  /** What SNS takes: printable ASCII, fewer than 100 characters. */
  readonly subject: string;
  readonly text: string;
}

/** What an e-mail names besides the run. */
export type NoticeContext = Omit<NoticeSettings, 'topicArn'>;

/** SNS API reference, `Publish`: "less than 100 characters long". */
const MAX_SUBJECT_CHARACTERS = 99;

/** Puts paragraphs together; letters of the subject lose their accents, since SNS has long refused what is not ASCII. */
export function mail(subject: string, paragraphs: readonly string[]): Notice {
  return {
    subject: subject.normalize('NFKD').replace(/\p{M}/gu, '').slice(0, MAX_SUBJECT_CHARACTERS),
    text: `${paragraphs.join('\n\n')}\n`,
  };
}

/** A paragraph that ends with a command to copy. */
export const withCommand = (introduction: string, command: string) => `${introduction}\n\n    ${command}`;

/** Numbers what is to be done, in this order. */
export const numbered = (steps: readonly string[]) => steps.map((step, index) => `${index + 1}. ${step}`);

/** Which run it was, and where to look. One over many databases has no request id: each of them has its own. */
export function whereAndWhen(
  { endedAt, requestId }: { readonly endedAt: string; readonly requestId?: string },
  texts: Texts,
  context: Pick<NoticeContext, 'timezone' | 'functionName' | 'dashboardUrl'>,
): string {
  const t = texts.notice;
  return [
    `${t.endedAt}: ${timeText(endedAt, 'long', texts, context.timezone)} (${context.timezone})`,
    ...(requestId === undefined ? [] : [`${t.requestId}: ${requestId}`]),
    `${t.function}: ${context.functionName}`,
    `${t.dashboard}: ${context.dashboardUrl}`,
  ].join('\n');
}
