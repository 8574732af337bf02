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
 * @returns the expression as `cron(…)`, or undefined when it is none, or one of no time to come
 */
export function readCron(text: string): string | undefined {
  const fields = text
    .replace(/^cron\((.*)\)$/, '$1')
    .trim()
    .split(/\s+/);
  const oneDayField = (fields[DAY_OF_MONTH] === '?') !== (fields[DAY_OF_WEEK] === '?');
  const valid = fields.length === SOME_CRON.length && oneDayField && fields.every(isCronField);
  const schedule = `cron(${fields.join(' ')})`;
  return valid && isDueAtSomeTime(schedule) ? schedule : undefined;
}

/** Of each month; the parser's own search continues from 31 February to 3 March. */
const MAX_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDueAtSomeTime(schedule: string): boolean {
  const cron = parseCron(schedule);
  const days = cron.daysOfMonth.map(Number);
  const hasDay = (month: number) => days.every(Number.isNaN) || days.some((day) => day <= (MAX_DAYS[month - 1] ?? 0));
  return cron.months.some((month) => hasDay(Number(month))) && Boolean(awsCronParser.next(cron, new Date()));
}

function isCronField(field: string, position: number): boolean {
  if (field === '?') return SPECIAL.has(position);
  // EventBridge: "If you use a # character, you can define only one expression in the day-of-week field."
  if (field.includes('#') && field.includes(',')) return false;
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
 * The parser takes a list of numbers, but no list of ranges or steps: it gets one element at a time. Of an hour's minutes
 * the first and the last are enough.
 */
export function parseCron(schedule: string): ReturnType<typeof awsCronParser.parse> {
  const fields = schedule.replace(/^cron\((.*)\)$/, '$1').split(' ');
  const [minutes = [], hours = [], daysOfMonth = [], months = [], daysOfWeek = [], years = []] = fields.map(valuesOf);
  const ends = minutes.filter((_, index) => index === 0 || index === minutes.length - 1);
  return { minutes: ends, hours, daysOfMonth, months, daysOfWeek, years };
}

type Rule = ReturnType<typeof awsCronParser.parse>['minutes'];

function valuesOf(field: string, position: number): Rule {
  const rules = field.split(',').map((element) => {
    const alone = ['0', '0', '?', '*', '?', '*'].with(position, element.toUpperCase());
    const { minutes, hours, daysOfMonth, months, daysOfWeek, years } = awsCronParser.parse(alone.join(' '));
    return [minutes, hours, daysOfMonth, months, daysOfWeek, years][position] ?? [];
  });
  // Days by L, W and # come once a month: beside others they are left out, which makes the gap longer rather than shorter.
  const special = rules.filter(([first]) => typeof first === 'string');
  const numbers = rules.flatMap((rule) => (special.includes(rule) ? [] : rule.map(Number)));
  return numbers.length === 0 ? (special[0] ?? []) : [...new Set(numbers)].sort((a, b) => a - b);
}
