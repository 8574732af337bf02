import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { publish } from './aws/publish.ts';
import { loadNoticeSettings } from './input/settings.ts';
import { asJobError } from './model/job-error.ts';
import { noticeOf } from './notify/notice.ts';
import { parseRunEvent, type RunOutcome } from './notify/run-outcome.ts';

const logger = new Logger({ serviceName: 'thread-cleanup-notify' });

/**
 * The Lambda function that writes e-mails: gets the outcome of a scheduled run from EventBridge, and publishes a notice
 * to SNS when it deserves one. It is a function of its own, so that failing to notify never fails a cleanup.
 *
 * @throws JobError NoticeFailed, InvalidPayload or InvalidSettings; Lambda tries twice more, and the dashboard shows the error,
 *   and the runtime writes it to the log
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  try {
    const outcome = parseRunEvent(event);
    const { topicArn, ...settings } = loadNoticeSettings();
    const notice = noticeOf(outcome, settings);
    if (notice) await publish(topicArn, notice);
    logger.info(notice ? 'Notice sent' : 'Nothing to tell', figuresOf(outcome));
  } catch (error) {
    throw asJobError(error);
  }
}

/** The run's request id, and the counts of its result. */
function figuresOf(outcome: RunOutcome): Record<string, unknown> {
  const counts = Object.entries(outcome).filter(([, value]) => ['number', 'boolean'].includes(typeof value));
  return { run: outcome.requestId, kind: outcome.kind, ...Object.fromEntries(counts) };
}
