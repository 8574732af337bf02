import { TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, test } from 'vitest';
import { deployed, templateOf } from '../cleanup-in-stack.ts';

describe('the schedule', () => {
  test('is one of EventBridge Scheduler in a time zone', () => {
    const schedule = ScheduleExpression.cron({ minute: '30', hour: '4', timeZone: TimeZone.AMERICA_BOGOTA });
    templateOf({ schedule }).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 4 * * ? *)',
      ScheduleExpressionTimezone: 'America/Bogota',
    });
  });

  test('that allows an alarm less says why', () => {
    const schedule = ScheduleExpression.cron({ minute: '0', hour: '3', day: '1' });
    const { cleanup } = deployed(() => ({ schedule }));
    expect(cleanup.missingAlarms.map(({ id }) => id)).toEqual(['NoAlarmOnCompletion', 'NoAlarmOnRemaining']);
    expect(cleanup.alarms).toHaveLength(2);
  });
});
