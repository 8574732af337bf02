import { describe, expect, test } from 'vitest';
import { readCron } from '../../../lib/config/cron.ts';

describe('a schedule', () => {
  test.each([
    '0 3 * * ? *',
    '0/15 * * * ? *',
    '0,30 8-17 ? * MON-FRI *',
    '0 3 L * ? *',
    '0 3 15W * ? *',
    '0 3 ? * 6L *',
    '0 3 ? JAN,mar-may TUE#2 *',
    '59 23 31 12 ? 2199',
    '5,10-20/2 3 1 */2 ? 2030-2040',
  ])('is %s', (expression) => {
    expect(readCron(expression)).toBe(`cron(${expression})`);
    expect(readCron(`cron(${expression})`)).toBe(`cron(${expression})`);
  });

  test('may have more spaces than it needs', () => {
    expect(readCron('cron( 0  3 * * ?  * )')).toBe('cron(0 3 * * ? *)');
  });

  test.each([
    ['minutes out of range', 'cron(99 3 * * ? *)'],
    ['minutes out of range behind others', '0,99 3 * * ? *'],
    ['minutes out of range in a list with steps', '5,99/2 3 * * ? *'],
    ['hours out of range', '0 24 * * ? *'],
    ['a step of nothing', '0/0 3 * * ? *'],
    ['a month that does not exist', '0 3 * FOO ? *'],
    ['day 0', '0 3 0 * ? *'],
    ['a year before 1970', '0 3 * * ? 1969'],
    ['a range that runs backwards', '0 5-3 * * ? *'],
    ['a number with something behind it', '3x 3 * * ? *'],
    ['a range of three', '1-2-3 3 * * ? *'],
    ['a negative number', '-1 3 * * ? *'],
    ['a question mark where none is allowed', '? 3 * * ? *'],
    ['a question mark in a list', '0 3 1,? * ? *'],
    ['both day fields set', '0 3 * * * *'],
    ['neither day field set', '0 3 ? * ? *'],
    ['five fields, as crontab has them', '0 3 * * *'],
    ['seven fields', '0 0 3 * * ? *'],
    ['a rate', 'rate(1 day)'],
    ['a date', 'at(2030-01-01T03:00:00)'],
    ['an unclosed bracket', 'cron(0 3 * * ? *'],
    ['a day of the week by number beside others', '0 3 ? * 3#1,6#3 *'],
    ['a day that never comes', '0 3 31 2 ? *'],
    ['a year that is over', '0 3 * * ? 2020'],
    ['a word', 'daily'],
    ['nothing', ''],
  ])('has no %s', (_, expression) => {
    expect(readCron(expression)).toBeUndefined();
  });
});
