import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface DatabaseSecretProps {
  /** Name or complete ARN. */
  readonly databaseSecret: string;

  /**
   * ARN of the KMS key that encrypts the secret.
   *
   * @default - the AWS managed key, which needs no permission
   */
  readonly databaseSecretKmsKey: string | undefined;
}

/**
 * The right to read the value of one secret, and nothing else.
 *
 * Written by hand, since `grantRead` gives DescribeSecret as well. Secrets Manager adds a hyphen and six characters to a
 * name, which the six question marks stand for. A name may look as if it had them already, so an ARN is taken both
 * as it is and with them.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
 */
export function readDatabaseSecret(
  scope: Construct,
  { databaseSecret: secret, databaseSecretKmsKey: kmsKey }: DatabaseSecretProps,
): PolicyStatement[] {
  const stack = Stack.of(scope);
  const isArn = secret.startsWith('arn:');
  const arn = isArn
    ? secret
    : stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: secret,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
  const read = new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: isArn ? [arn, `${arn}-??????`] : [`${arn}-??????`],
  });
  if (kmsKey === undefined) return [read];

  const region = isArn ? stack.splitArn(arn, ArnFormat.COLON_RESOURCE_NAME).region : stack.region;
  const decrypt = new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [kmsKey],
    // Only Secrets Manager may use the key in the function's name.
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
  });
  return [read, decrypt];
}
