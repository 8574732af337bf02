import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { JobError } from '../model/job-error.ts';
import { DELETED_SECRET, NO_SUCH_SECRET } from '../model/named-secret.ts';
import { secretCommands } from './cli-commands.ts';
import { sendToAws } from './request.ts';

const REASONS = {
  AccessDeniedException:
    'access denied. The function needs secretsmanager:GetSecretValue on it, and kms:Decrypt when it is encrypted with a ' +
    'key of your own (context key databaseSecretKmsKey).',
  DecryptionFailure: 'its KMS key does not decrypt it. Check that the key is enabled and set databaseSecretKmsKey.',
};

/** What is the matter where there is no secret to read, and the commands that go on. */
function absenceReasons(secretId: string, functionArn: string | undefined) {
  const [, , , region, account] = (secretId.startsWith('arn:') ? secretId : (functionArn ?? '')).split(':');
  const where = region && account ? `account ${account}, region ${region}` : 'this account and region';
  const { list, restore } = secretCommands(secretId, region);
  return {
    ResourceNotFoundException:
      `${NO_SUCH_SECRET} in ${where}. Create it, or deploy with the name of one that is there (context key ` +
      `databaseSecret). See which are there (${list}).`,
    InvalidRequestException: `${DELETED_SECRET}, or has no current value yet (${where}). If it is marked for deletion, restore it (${restore}).`,
  };
}

/**
 * Reads a secret's text from Secrets Manager.
 *
 * @param secretId name or ARN; an ARN also tells the region
 * @param functionArn of the function that reads it, which tells account and region
 * @throws JobError SecretUnavailable when it cannot be read (missing, forbidden, out of reach), InvalidSecret when it is
 *   binary or empty. The message names the secret, never its value.
 */
export async function readSecret(secretId: string, functionArn?: string): Promise<string> {
  const request = {
    service: 'Secrets Manager',
    endpoint: 'an interface endpoint for secretsmanager',
    failure: `The secret "${secretId}" cannot be read`,
    code: 'SecretUnavailable' as const,
    outcome: 'Nothing was changed.',
    reasons: { ...REASONS, ...absenceReasons(secretId, functionArn) },
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
