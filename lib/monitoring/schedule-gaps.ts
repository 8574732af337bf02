import awsCronParser from 'aws-cron-parser';
import { parseCron } from '../config/cron.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A fixed time to start from, so that a synthesis gives the same result every day. */
const FROM = Date.UTC(2025, 0, 1);
/** Four years have every kind of month, and every change of the clocks. */
const SPAN = 4 * 366 * DAY;

/** How runs follow each other, in hours. */
export interface ScheduleGaps {
  /** The longest time between two runs, rounded up. */
  readonly longest: number;
  /** The shortest time from a run to the one after the next, rounded down. */
  readonly shortestOfTwo: number;
}

/**
 * The gaps between the runs of a schedule.
 *
 * Times that a change of the clocks leaves out are skipped, and times that it repeats come once, as EventBridge Scheduler
 * does it.
 *
 * @param schedule as `readCron` returns it
 * @param timezone as `readTimeZone` returns it
 * @param most the longest gap that matters, in hours
 * @returns undefined where a gap is longer than that, and for a schedule that ends
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function scheduleGaps(schedule: string, timezone: string, most: number): ScheduleGaps | undefined {
  const runs = instantsOf(schedule, timezone, most);
  if (runs === undefined) return undefined;
  const apart = (steps: number) => runs.slice(steps).map((instant, index) => instant - (runs[index] ?? instant));
  const longest = Math.ceil(apart(1).reduce((most, gap) => Math.max(most, gap), 0) / HOUR);
  const shortestOfTwo = Math.floor(apart(2).reduce((least, gap) => Math.min(least, gap), Infinity) / HOUR);
  return longest > most ? undefined : { longest, shortestOfTwo };
}

/** The runs of four years; undefined where one is so long in coming that the rest does not matter. */
function instantsOf(schedule: string, timezone: string, most: number): number[] | undefined {
  const cron = parseCron(schedule);
  const toInstant = timezone === 'UTC' ? (wallTime: number) => wallTime : instantIn(timezone);
  const next = (after: number) => awsCronParser.next(cron, new Date(after))?.getTime();
  const instants: number[] = [];
  let wallTime = next(FROM - 1);
  const until = (wallTime ?? 0) + SPAN;
  for (let last = instants.at(-1); last === undefined || last < until; last = instants.at(-1)) {
    if (wallTime === undefined || (last !== undefined && wallTime - last > most * HOUR + DAY)) return undefined;
    const instant = toInstant(wallTime);
    if (instant !== undefined) instants.push(instant);
    wallTime = next(wallTime);
  }
  return instants;
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
