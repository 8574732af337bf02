import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** What is encrypted with a customer managed key, by the service that asks KMS. */
type EncryptingService = 's3' | 'sns' | 'sqs';

/**
 * The rights of a role that writes what a service encrypts: through that service, and not by itself.
 *
 * @param key the key; without one, the service's own encrypts, which takes no right
 */
export function encryptThrough(service: EncryptingService, key: IKey | undefined, scope: Construct): PolicyStatement[] {
  if (key === undefined) return [];
  return [
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` } },
    }),
  ];
}
