import { ArnFormat, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Fleet } from '../config/checked-props.ts';

/**
 * What the functions ask Secrets Manager for: the name where it says enough, since people recognise it; else the ARN, which
 * names account and region as well. A complete ARN ends with six characters that are no part of the name.
 */
export function secretId(scope: Construct, { secretArn, secretFullArn }: ISecret): string {
  if (secretFullArn !== undefined) return secretFullArn;
  const arnOfName = arnOfSecret(scope, '');
  return secretArn.startsWith(arnOfName) ? secretArn.slice(arnOfName.length) : secretArn;
}

/**
 * The right to read the value of one secret, and nothing else.
 *
 * Written by hand, since `grantRead` gives DescribeSecret as well. Secrets Manager adds a hyphen and six characters to a
 * name, which the six question marks stand for. A name may look as if it had them already, so an ARN that somebody wrote is
 * taken both as it is and with them; that of a secret of this app is complete.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
 */
export function readDatabaseSecret({ secretArn, secretFullArn, encryptionKey, env }: ISecret): PolicyStatement[] {
  const withSuffix = `${secretArn}-??????`;
  const written = secretFullArn !== undefined && !Token.isUnresolved(secretFullArn);
  const read = new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: secretFullArn === undefined ? [withSuffix] : written ? [secretFullArn, withSuffix] : [secretFullArn],
  });
  return [read, ...decryptSecret(encryptionKey, env.region)];
}

/** The right to read the value of every secret whose name begins with the prefix: which they are is not known beforehand. */
export function readSecretsBelow(scope: Construct, { prefix, encryptionKey }: Fleet): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [`${arnOfSecret(scope, prefix)}*`] }),
    ...decryptSecret(encryptionKey, Stack.of(scope).region),
  ];
}

/** It takes no resource: whoever lists secrets sees the names of all. */
export const listSecrets = () => new PolicyStatement({ actions: ['secretsmanager:ListSecrets'], resources: ['*'] });

/** Tells the reviewers of a role why it may list secrets. */
export function explainList(role: Construct): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'AWS takes no resource for secretsmanager:ListSecrets. Reading a value is another right.',
  });
}

function decryptSecret(key: IKey | undefined, region: string): PolicyStatement[] {
  if (key === undefined) return [];
  return [
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [key.keyArn],
      // Only Secrets Manager may use the key in the function's name.
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
    }),
  ];
}

function arnOfSecret(scope: Construct, resourceName: string): string {
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
