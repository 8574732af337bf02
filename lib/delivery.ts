import { Duration } from 'aws-cdk-lib';

/**
 * A run is given up when it could not start for so long: it would come in the assistant's busy hours, and the next night
 * clears the same threads.
 */
export const MAXIMUM_EVENT_AGE = Duration.hours(2);

/** Rules and schedules try to deliver as often as EventBridge offers, until the event is too old. */
export const delivery = { retryAttempts: 185, maxEventAge: MAXIMUM_EVENT_AGE };
