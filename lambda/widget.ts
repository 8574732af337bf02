import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { logFailure } from './aws/log-failure.ts';
import { openFunctionDatabase } from './aws/open-database.ts';
import { readParameters } from './aws/parameters.ts';
import { secretOf } from './input/secret-of.ts';
import { type FunctionSettings, loadFunctionSettings } from './input/settings.ts';
import { check } from './job/check.ts';
import type { CheckResult } from './model/results.ts';
import { en, type Texts } from './texts/en.ts';
import { textsOf } from './texts/texts-of.ts';
import { cacheFor } from './widget/cache.ts';
import { errorHtml, widgetHtml } from './widget/page.ts';

const logger = new Logger({ serviceName: 'thread-cleanup-widget' });

/** Refreshing the dashboard does not read the table each time. */
const KEPT_MS = 60_000;
const kept = cacheFor<{ readonly result: CheckResult; readonly at: string }>(KEPT_MS);

/** AWS, "Details about custom widgets in CloudWatch": of all that a dashboard sends, what matters here. */
const widgetEvent = v.fallback(
  v.object({
    describe: v.fallback(v.boolean(), false),
    widgetContext: v.fallback(v.object({ theme: v.picklist(['light', 'dark']) }), { theme: 'light' }),
  }),
  { describe: false, widgetContext: { theme: 'light' } },
);

/**
 * The Lambda function behind the dashboard's widget. Whatever the event asks for, it only checks: every
 * viewer of a dashboard invokes it.
 *
 * @returns HTML, or Markdown when the dashboard asks what this is. A failure is HTML too, since a dashboard would show of
 *   a thrown error little that helps; it is in the log as well
 */
export async function handler(event: unknown, context: Context): Promise<string> {
  logger.addContext(context);
  const { describe, widgetContext } = v.parse(widgetEvent, event);
  let texts: Texts = en;
  try {
    const settings = loadFunctionSettings();
    texts = textsOf(settings.language);
    if (describe) return texts.widget.documentation;
    const { result, at } = await kept(() => newCheck(settings, context));
    return widgetHtml(result, { at, timezone: settings.timezone, theme: widgetContext.theme, texts });
  } catch (error) {
    return errorHtml(logFailure(logger, error), { theme: widgetContext.theme, texts });
  }
}

async function newCheck(settings: FunctionSettings, context: Context) {
  const { tokenLimit: liveLimit, paused } = await readParameters(settings.parameterNames);
  const tokenLimit = liveLimit ?? settings.tokenLimit;
  const tokenLimitFrom = liveLimit === undefined ? 'deployment' : 'parameter';
  const database = await openFunctionDatabase(secretOf({ mode: 'check' }, settings), settings, context);
  try {
    const result = await check(database, settings, { ...settings, tokenLimit, tokenLimitFrom, paused });
    const { totalContacts, activeThreads, nearLimitThreads, overLimitThreads } = result;
    logger.info('check done', { tokenLimit, totalContacts, activeThreads, nearLimitThreads, overLimitThreads });
    return { result, at: new Date().toISOString() };
  } finally {
    await database.close();
  }
}
