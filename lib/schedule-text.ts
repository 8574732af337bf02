import awsCronParser from 'aws-cron-parser';

/** The fields of an AWS cron expression around the one that is being looked at: any value that is right will do. */
const SOME_CRON = ['0', '3', '*', '*', '?', '*'];
const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;

/** `*`, `5`, `1-5`, `MON-FRI`, `0/15`: what every field takes. Ranges are the parser's business. */
const COMMON = /^(\*|(\d+|[a-z]{3})(-(\d+|[a-z]{3}))?)(\/\d+)?$/i;
const SPECIAL = new Map([
  [DAY_OF_MONTH, /^(\?|L(-\d+)?|\d+W)$/i],
  [DAY_OF_WEEK, /^(\?|L|(\d|[a-z]{3})(L|#[1-5]))$/i],
]);

/**
 * Reads an AWS cron expression, with or without its `cron(…)`: minutes, hours, day of month, month, day of week, year.
 *
 * The CDK passes anything on, and EventBridge refuses it only in the middle of a deployment. aws-cron-parser knows the
 * ranges but not the shape (`parse('3x …')` is 3, an unknown name is NaN, both day fields may be set), and of a list it
 * looks at the first element only; so shape is checked here and the parser gets one element at a time.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @returns the expression as `cron(…)`, or undefined when it is none
 */
export function readCron(text: string): string | undefined {
  const fields = text
    .replace(/^cron\((.*)\)$/, '$1')
    .trim()
    .split(/\s+/);
  const oneDayField = (fields[DAY_OF_MONTH] === '?') !== (fields[DAY_OF_WEEK] === '?');
  const valid = fields.length === SOME_CRON.length && oneDayField && fields.every(isCronField);
  return valid ? `cron(${fields.join(' ')})` : undefined;
}

function isCronField(field: string, position: number): boolean {
  if (field === '?') return SPECIAL.has(position);
  return field.split(',').every((element) => {
    const wellFormed = COMMON.test(element) || (element !== '?' && SPECIAL.get(position)?.test(element));
    return wellFormed && isInRange(element, position);
  });
}

function isInRange(element: string, position: number): boolean {
  try {
    const cron = awsCronParser.parse(SOME_CRON.with(position, element.toUpperCase()).join(' '));
    const rules = [cron.minutes, cron.hours, cron.daysOfMonth, cron.months, cron.daysOfWeek, cron.years];
    const values = rules[position] ?? [];
    // A range that runs backwards has no value at all.
    return values.length > 0 && !values.some(Number.isNaN);
  } catch {
    return false;
  }
}

/**
 * Reads the name of an IANA time zone, in any case and under any of its names.
 *
 * @returns the zone's canonical name, `UTC` for every name of UTC (`Etc/UTC`, `GMT`, `Zulu`), or undefined when there is
 * no such zone. An offset such as `+05:00`, which newer versions of Node.js take for a zone, is none: EventBridge
 * Scheduler knows names only.
 */
export function readTimeZone(text: string): string | undefined {
  if (!/^[a-z]/i.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
