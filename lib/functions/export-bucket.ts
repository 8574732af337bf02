import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** A week to take a deletion back. What has expired is a deletion too, and really goes that much later. */
const DELETED_KEPT = Duration.days(7);

/** An upload takes seconds; one that is not complete after a day never will be. */
const INCOMPLETE_KEPT = Duration.days(1);

export interface ExportBucketProps {
  /** How long an object is kept, in days. */
  readonly retentionDays: number;

  /**
   * Customer managed key.
   *
   * @default - a key of S3's own
   */
  readonly encryptionKey: IKey | undefined;
}

/**
 * Where the complete rows are kept that a cleanup clears: private, encrypted, over TLS only, versioned, until they expire.
 *
 * It stays when the stack goes, but not when the deployment that creates it fails. It has no name of its own, so that
 * neither blocks the next deployment.
 */
export class ExportBucket extends Bucket {
  constructor(scope: Construct, id: string, { retentionDays, encryptionKey }: ExportBucketProps) {
    super(scope, id, {
      // A key of the bucket's own saves a request to KMS for every object.
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        {
          expiration: Duration.days(retentionDays),
          noncurrentVersionExpiration: DELETED_KEPT,
          abortIncompleteMultipartUploadAfter: INCOMPLETE_KEPT,
        },
        // S3 does not take it in one rule with a number of days.
        { expiredObjectDeleteMarker: true },
      ],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    // The bucket that stays keeps what makes it TLS only.
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'An access log needs a second bucket, which the rule asks the same of. CloudTrail data events record access.',
    });
  }
}
