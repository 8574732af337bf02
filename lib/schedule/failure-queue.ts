import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * A run is given up when it could not start for so long: it would come in the assistant's busy hours, and the next night
 * clears the same threads.
 */
export const MAXIMUM_EVENT_AGE = Duration.hours(2);

/** Rules and schedules try to deliver as often as EventBridge offers, until the event is too old. */
export const delivery = { retryAttempts: 185, maxEventAge: MAXIMUM_EVENT_AGE };

/**
 * Where a nightly run ends up that could not be delivered, or that failed on every attempt: encrypted, over TLS only, kept
 * for 14 days (the longest that SQS offers) so that a holiday loses none.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export class FailureQueue extends Queue {
  /** @param encryptionKey customer managed key; without one, SQS manages it */
  constructor(scope: Construct, id: string, encryptionKey: IKey | undefined) {
    super(scope, id, {
      ...(encryptionKey === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }
}
