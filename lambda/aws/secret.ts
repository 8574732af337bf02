import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { JobError } from '../model/job-error.ts';
import { sendToAws } from './request.ts';

const REASONS = {
  ResourceNotFoundException:
    'no secret of that name exists in this account and region. Create it, or deploy with the name of one that is there ' +
    '(context key databaseSecret).',
  AccessDeniedException:
    'access denied. The function needs secretsmanager:GetSecretValue on it, and kms:Decrypt when it is encrypted with a ' +
    'key of your own (context key databaseSecretKmsKey).',
  DecryptionFailure: 'its KMS key does not decrypt it. Check that the key is enabled and set databaseSecretKmsKey.',
  InvalidRequestException: 'it is marked for deletion, or has no current value yet.',
};

/**
 * Reads a secret's text from Secrets Manager.
 *
 * @param secretId name or ARN; an ARN also tells the region
 * @throws JobError SecretUnavailable when it cannot be read (missing, forbidden, out of reach), InvalidSecret when it is
 *   binary or empty. The message names the secret, never its value.
 */
export async function readSecret(secretId: string): Promise<string> {
  const request = {
    service: 'Secrets Manager',
    endpoint: 'an interface endpoint for secretsmanager',
    failure: `The secret "${secretId}" cannot be read`,
    code: 'SecretUnavailable' as const,
    outcome: 'Nothing was changed.',
    reasons: REASONS,
    region: regionOfSecret(secretId),
  };
  const { SecretString: text } = await sendToAws(SecretsManagerClient, request, (client, options) =>
    client.send(new GetSecretValueCommand({ SecretId: secretId }), options),
  );
  if (text?.trim()) return text;
  throw new JobError(
    'InvalidSecret',
    `The secret "${secretId}" is empty or binary. Store the database URL in it as text (SecretString). Nothing was changed.`,
  );
}

/** The region that the ARN of a secret names; undefined for a name, which means the function's own. */
export function regionOfSecret(secretId: string): string | undefined {
  return /^arn:[^:]+:secretsmanager:([a-z0-9-]+):/.exec(secretId)?.[1];
}
