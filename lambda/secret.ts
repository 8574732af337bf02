import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { JobError } from './errors.ts';

/** A private subnet without an endpoint answers nothing at all: three attempts at connecting fit into the bound. */
const CONNECT_TIMEOUT_MS = 2_500;
const TOTAL_TIMEOUT_MS = 8_500;

/**
 * Reads a secret's text from Secrets Manager.
 *
 * @param secretId name or ARN; an ARN also tells the region
 * @throws JobError SecretUnavailable when it cannot be read (absent, forbidden, out of reach), InvalidSecret when it is
 *   binary or empty. The message names the secret, never its value.
 */
export async function readSecret(secretId: string): Promise<string> {
  const region = /^arn:[^:]+:secretsmanager:([a-z0-9-]+):/.exec(secretId)?.[1];
  const client = new SecretsManagerClient({
    ...(region && { region }),
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS },
  });
  const abortSignal = AbortSignal.timeout(TOTAL_TIMEOUT_MS);
  try {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: secretId }), {
      abortSignal,
    });
    if (text?.trim()) return text;
  } catch (error) {
    throw new JobError('SecretUnavailable', `The secret "${secretId}" cannot be read: ${reason(error)}`);
  } finally {
    client.destroy();
  }
  throw new JobError(
    'InvalidSecret',
    `The secret "${secretId}" is empty or binary; store the database URL in it as text (SecretString).`,
  );
}

function reason(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'ResourceNotFoundException':
      return 'there is none of that name in this account and region. Check DATABASE_SECRET_ID (context key databaseSecret).';
    case 'AccessDeniedException':
      return (
        'access denied. The function needs secretsmanager:GetSecretValue on it, and kms:Decrypt when it is encrypted ' +
        'with a key of your own (context key databaseSecretKmsKey).'
      );
    case 'DecryptionFailure':
      return 'its KMS key does not decrypt it. Check that the key is enabled and set databaseSecretKmsKey.';
    case 'InvalidRequestException':
      return 'it is marked for deletion, or has no current value yet.';
    case 'CredentialsProviderError':
      return 'there are no AWS credentials here.';
    case 'AbortError':
    case 'TimeoutError':
      return unreachable(`no answer within ${Math.round(TOTAL_TIMEOUT_MS / 1000)} s`);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^E[A-Z_]+$/.test(code)) return unreachable(code);
  return `Secrets Manager answered ${/^\w+$/.test(name) ? name : 'with an error'}. Try again; it changed nothing.`;
}

function unreachable(symptom: string): string {
  return (
    `Secrets Manager is out of reach (${symptom}). In a private subnet the function needs an interface endpoint ` +
    'for secretsmanager or a NAT gateway, and a security group that lets port 443 out.'
  );
}
