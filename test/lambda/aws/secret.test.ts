import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSecret } from '../../../lambda/aws/secret.ts';
import {
  awsEnvironment,
  awsFailure,
  GET_SECRET_VALUE,
  secretBinary,
  secretText,
  silence,
  startFakeAws,
} from '../../support/aws/fake-aws.ts';
import { everythingIn, failureOfAsync } from '../../support/failure.ts';
import { startBlackHole } from '../../support/network/awkward-servers.ts';
import { PATIENCE } from '../../support/patience.ts';

const aws = await startFakeAws();
afterAll(() => aws.close());

function useEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
beforeEach(() => useEnvironment(aws.environment));
afterEach(() => vi.unstubAllEnvs());

const NAME = 'prod/database-url';
const ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:prod/db-AbCdEf';

test('asks for exactly the secret that is named, in the region of the function', async () => {
  aws.answer(GET_SECRET_VALUE, secretText('postgres://u:p@h/d'));
  expect(await readSecret(NAME)).toBe('postgres://u:p@h/d');
  expect(aws.requests.at(-1)).toEqual({ operation: GET_SECRET_VALUE, input: { SecretId: NAME }, region: 'eu-west-1' });
});

test('asks in the region of the ARN, which may be another one than that of the function', async () => {
  aws.answer(GET_SECRET_VALUE, secretText('text'));
  await readSecret(ARN);
  expect(aws.requests.at(-1)).toEqual({ operation: GET_SECRET_VALUE, input: { SecretId: ARN }, region: 'us-east-2' });
});

test.each([
  ['binary', secretBinary('wvJ4kPq9Zt')],
  ['empty', secretText('')],
  ['nothing but spaces', secretText(' \n ')],
])('a secret that is %s is named, with what to store in it', async (_, answer) => {
  aws.answer(GET_SECRET_VALUE, answer);
  const failure = await failureOfAsync(readSecret(NAME));
  expect(failure.code).toBe('InvalidSecret');
  expect(failure.message).toBe(
    'The secret "prod/database-url" is empty or binary. Store the database URL in it as text (SecretString). ' +
      'Nothing was changed.',
  );
  expect(everythingIn(failure)).not.toContain('wvJ4kPq9Zt');
});

test.each([
  [
    'ResourceNotFoundException',
    /no secret of that name exists in this account and region\. Create it, or deploy with .*databaseSecret/,
  ],
  ['AccessDeniedException', /access denied\. The function needs secretsmanager:GetSecretValue .* and kms:Decrypt/],
  ['DecryptionFailure', /its KMS key does not decrypt it\. .* databaseSecretKmsKey/],
  ['InvalidRequestException', /it is marked for deletion, or has no current value yet/],
  ['UnrecognizedClientException', /Secrets Manager answered UnrecognizedClientException/],
])('%s says what to check, and names the secret', async (name, message) => {
  aws.answer(GET_SECRET_VALUE, awsFailure(name));
  const failure = await failureOfAsync(readSecret(NAME));
  expect(failure.code).toBe('SecretUnavailable');
  expect(failure.message).toMatch(/^The secret "prod\/database-url" cannot be read: /);
  expect(failure.message).toMatch(message);
  expect(failure.message).toMatch(/ Nothing was changed\.$/);
  expect(everythingIn(failure)).not.toContain('The words of the service');
});

test.each([
  ['ThrottlingException', 400, true],
  ['InternalServiceError', 500, true],
  ['AccessDeniedException', 400, false],
  ['DecryptionFailure', 400, false],
  ['ResourceNotFoundException', 400, false],
  ['UnrecognizedClientException', 400, false],
])('whether another attempt may succeed after %s (%i): %s', async (name, status, mayPass) => {
  aws.answer(GET_SECRET_VALUE, awsFailure(name, status));
  expect(await failureOfAsync(readSecret(NAME))).toMatchObject({ mayPass });
});

test.each([
  [NAME, 'account 123456789012, region eu-west-1'],
  ['arn:aws:secretsmanager:us-west-2:210987654321:secret:prod/database-url', 'account 210987654321, region us-west-2'],
])('where %s is looked for and not found is said, with the command that goes on', async (secretId, where) => {
  const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:cleanup:scheduled';
  const region = where.slice(-9);
  aws.answer(GET_SECRET_VALUE, awsFailure('ResourceNotFoundException'));
  const absent = await failureOfAsync(readSecret(secretId, functionArn));
  expect(absent.message).toContain(` in ${where}. `);
  expect(absent.message).toContain(`aws secretsmanager list-secrets --region ${region} --include-planned-deletion`);
  aws.answer(GET_SECRET_VALUE, awsFailure('InvalidRequestException'));
  const deleted = await failureOfAsync(readSecret(secretId, functionArn));
  expect(deleted.message).toContain(` (${where}). `);
  expect(deleted.message).toContain(`aws secretsmanager restore-secret --region ${region} --secret-id '${secretId}'`);
});

const OUT_OF_REACH =
  /Secrets Manager cannot be reached \(.*\)\. In a private subnet the function needs an interface endpoint/;

test('an endpoint that refuses connections cannot be reached', async () => {
  useEnvironment(awsEnvironment('http://127.0.0.1:1'));
  const failure = await failureOfAsync(readSecret(NAME));
  expect(failure.code).toBe('SecretUnavailable');
  expect(failure.message).toMatch(OUT_OF_REACH);
  expect(failure.message).toContain('(ECONNREFUSED)');
  expect(failure.mayPass).toBe(true);
});

test('an endpoint that answers nothing cannot be reached within 10 s, whether it takes connections or not', async () => {
  const within10s = async (reading: Promise<string>) => {
    const start = performance.now();
    const failure = await failureOfAsync(reading);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(failure.code).toBe('SecretUnavailable');
    expect(failure.message).toMatch(OUT_OF_REACH);
    expect(failure.mayPass).toBe(true);
  };
  aws.answer(GET_SECRET_VALUE, silence);
  const asked = aws.requests.length;
  const fromSilent = within10s(readSecret(NAME));
  // The environment belongs to the whole process, and the SDK reads it when it first calls.
  await vi.waitUntil(() => aws.requests.length > asked, PATIENCE);
  const blackHole = await startBlackHole();
  useEnvironment(awsEnvironment(`http://127.0.0.1:${blackHole.port}`));
  await Promise.all([fromSilent, within10s(readSecret(NAME))]).finally(() => blackHole.close());
}, 15_000);
