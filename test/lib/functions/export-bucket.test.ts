import { Match } from 'aws-cdk-lib/assertions';
import { describe, test } from 'vitest';
import { synthesise, variants } from '../synthesise.ts';

const exporting = synthesise(variants['with an export']);
const days = (ExpirationInDays: number) => ({
  LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays, Status: 'Enabled' })]) },
});

test('without export=true nothing is exported, and there is no bucket', () => {
  const standard = synthesise();
  standard.resourceCountIs('AWS::S3::Bucket', 0);
  standard.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'handler.handler',
    Environment: { Variables: { EXPORT_BUCKET: Match.absent() } },
  });
});

describe('the bucket of what is exported', () => {
  test('is where the function exports to', () => {
    exporting.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      Environment: { Variables: { EXPORT_BUCKET: { Ref: Match.stringLikeRegexp('^Exports') } } },
    });
  });

  test('is encrypted', () => {
    exporting.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
  });

  test('is private', () => {
    exporting.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test('is used over TLS only, also when it stays behind', () => {
    exporting.hasResource('AWS::S3::BucketPolicy', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    exporting.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  test('keeps versions', () => {
    exporting.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
  });

  test('keeps an object for 90 days, or for as many as asked', () => {
    exporting.hasResourceProperties('AWS::S3::Bucket', days(90));
    synthesise({ export: 'true', exportRetentionDays: '30' }).hasResourceProperties('AWS::S3::Bucket', days(30));
  });

  test('keeps for a week what was deleted or has expired, for a day an upload that did not end, and no marks of that', () => {
    exporting.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          {
            ExpirationInDays: 90,
            NoncurrentVersionExpiration: { NoncurrentDays: 7 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            Status: 'Enabled',
          },
          { ExpiredObjectDeleteMarker: true, Status: 'Enabled' },
        ],
      },
    });
  });

  test('stays when the stack goes, but not when its creation fails, and has no name that blocks the next one', () => {
    exporting.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { BucketName: Match.absent() },
    });
  });
});
