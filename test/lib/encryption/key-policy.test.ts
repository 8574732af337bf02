import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { deployed } from '../cleanup-in-stack.ts';

describe('one key for everything', () => {
  const { template } = deployed((stack) => ({
    encryptionKey: new Key(stack, 'Key'),
    notifyEmail: ['ops@example.com'],
    exportRetention: Duration.days(30),
  }));
  const made = template();
  const arn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };

  test('encrypts logs, queue, topic and bucket', () => {
    made.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: arn });
    made.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: arn });
    made.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: arn });
    made.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
          },
        ],
      },
    });
  });

  test('may be used by the services that need it, and by no other', () => {
    const [key] = Object.values(made.findResources('AWS::KMS::Key'));
    const statements: { Principal: Record<string, unknown>; Condition?: unknown }[] =
      key?.['Properties'].KeyPolicy.Statement;
    const services = statements.flatMap(({ Principal, Condition }) =>
      'Service' in Principal ? [[Principal['Service'], Object.keys(Condition ?? {})]] : [],
    );
    expect(services).toEqual([
      [{ 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] }, ['ArnLike']],
      ['cloudwatch.amazonaws.com', ['StringEquals']],
      ['events.amazonaws.com', []],
    ]);
  });
});
