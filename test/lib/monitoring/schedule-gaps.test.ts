import { expect, test } from 'vitest';
import { scheduleGaps } from '../../../lib/monitoring/schedule-gaps.ts';

const WEEK = 7 * 24;

test.each([
  ['every day', '0 3 * * ? *', 'UTC', 24],
  ['every day where the clocks never change', '0 3 * * ? *', 'America/Bogota', 24],
  ['every day where a day in autumn has 25 hours', '0 3 * * ? *', 'Europe/Madrid', 25],
  ['every day at a time that a day in spring does not have', '30 2 * * ? *', 'Europe/Madrid', 47],
  ['every day at midnight, which a day in spring does not have', '0 0 * * ? *', 'Africa/Cairo', 47],
  ['twice a day', '0 3,15 * * ? *', 'UTC', 12],
  ['twice a night', '30 1,3 * * ? *', 'UTC', 22],
  ['every hour', '15 * * * ? *', 'UTC', 1],
  ['several times in some hours', '0/10 8-17 * * ? *', 'UTC', 15],
  ['on working days', '0 3 ? * MON-FRI *', 'UTC', 3 * 24],
  ['on days with names in small letters', '0 3 ? * mon,wed,fri *', 'UTC', 3 * 24],
  ['on the days of a list of ranges', '0 3 1-9,11-19/4,21-31 * ? *', 'UTC', 4 * 24],
  ['every other day of the month', '0 3 1/2 * ? *', 'UTC', 2 * 24],
  ['from some year on', '0 3 * * ? 2030-2040', 'UTC', 24],
])('between runs %s', (_, schedule, timezone, hours) => {
  expect(scheduleGaps(`cron(${schedule})`, timezone, WEEK)?.longest).toBe(hours);
});

test.each([
  ['once a month', '0 3 1 * ? *'],
  ['on the last day of the month', '0 3 L * ? *'],
  ['on the last day of the month, in a small letter', '0 3 l * ? *'],
  ['on the second Tuesday', '0 3 ? * TUE#2 *'],
  ['in January', '0 3 * 1 ? *'],
  ['until some year', '0 3 * * ? 2025-2026'],
  ['in the past', '0 3 * * ? 2020'],
  ['never', '0 3 31 2 ? *'],
])('is longer than anything that matters for runs %s', (_, schedule) => {
  expect(scheduleGaps(`cron(${schedule})`, 'UTC', WEEK - 1)).toBeUndefined();
});

test('knows a week, when it matters', () => {
  expect(scheduleGaps('cron(0 3 ? * SUN *)', 'UTC', WEEK)?.longest).toBe(WEEK);
  expect(scheduleGaps('cron(0 3 ? * SUN *)', 'UTC', WEEK - 1)).toBeUndefined();
});

test.each([
  ['every day', '0 3 * * ? *', 'UTC', 48],
  ['every day where a day in spring has 23 hours', '0 3 * * ? *', 'Europe/Madrid', 47],
  ['twice a night', '30 1,3 * * ? *', 'UTC', 24],
  ['on working days', '0 3 ? * MON-FRI *', 'UTC', 48],
  ['every hour', '15 * * * ? *', 'UTC', 2],
  ['several times an hour', '0/10 * * * ? *', 'UTC', 1],
])('from a run to the one after the next %s', (_, schedule, timezone, hours) => {
  expect(scheduleGaps(`cron(${schedule})`, timezone, WEEK)?.shortestOfTwo).toBe(hours);
});
