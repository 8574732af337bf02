import awsCronParser from 'aws-cron-parser';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A fixed time to start from, so that a synthesis gives the same result every day. */
const FROM = Date.UTC(2025, 0, 1);
/** Four years have every kind of month, and every change of the clocks. */
const SPAN = 4 * 366 * DAY;

/**
 * The longest time between two runs of a schedule, in whole hours, rounded up.
 *
 * Times that a change of the clocks leaves out are skipped, and times that it repeats come once, as EventBridge Scheduler
 * does it.
 *
 * @param schedule as `readCron` returns it
 * @param timezone as `readTimeZone` returns it
 * @param most the longest one that matters
 * @returns Infinity for a gap that is longer than that, and for a schedule that ends
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function longestGapHours(schedule: string, timezone: string, most: number): number {
  const cron = parse(schedule);
  const toInstant = timezone === 'UTC' ? (wallTime: number) => wallTime : instantIn(timezone);
  let longest = 0;
  let previous: number | undefined;
  let wallTime = awsCronParser.next(cron, new Date(FROM - 1))?.getTime();
  const until = (wallTime ?? 0) + SPAN;
  while (previous === undefined || previous < until) {
    if (wallTime === undefined || (previous !== undefined && wallTime - previous > most * HOUR + DAY)) return Infinity;
    const instant = toInstant(wallTime);
    if (instant !== undefined) {
      longest = Math.max(longest, instant - (previous ?? instant));
      previous = instant;
    }
    wallTime = awsCronParser.next(cron, new Date(wallTime))?.getTime();
  }
  const hours = Math.ceil(longest / HOUR);
  return hours > most ? Infinity : hours;
}

/**
 * The parser takes a list of numbers, but no list of ranges or steps: it gets one element at a time. Of an hour's minutes
 * the first and the last are enough.
 */
function parse(schedule: string): ReturnType<typeof awsCronParser.parse> {
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

/** From the time on a clock in a zone, as if it were UTC, to the instant; undefined when the clock never shows it. */
function instantIn(timeZone: string): (wallTime: number) => number | undefined {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const shownAt = (instant: number) => Date.parse(`${clock.format(instant).replace(' ', 'T')}Z`);
  return (wallTime) => {
    // The difference to UTC changes by a change of the clocks at most once within a day: before it, or after it.
    for (const near of [wallTime - DAY, wallTime + DAY]) {
      const instant = wallTime - (shownAt(near) - near);
      if (shownAt(instant) === wallTime) return instant;
    }
    return undefined;
  };
}
