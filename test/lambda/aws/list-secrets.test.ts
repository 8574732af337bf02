import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listSecrets } from '../../../lambda/aws/list-secrets.ts';
import { awsFailure, startFakeAws } from '../../support/aws/fake-aws.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { LIST_SECRETS, secretPages } from '../../support/fleet/fleet-aws.ts';

const aws = await startFakeAws();
afterAll(() => aws.close());
beforeEach(() => {
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

const names = (count: number) => Array.from({ length: count }, (_, n) => `prod/tenants/t${String(n).padStart(4, '0')}`);
const asked = () => aws.requests.filter(({ operation }) => operation === LIST_SECRETS);

test('every page is read, and asked for by the prefix', async () => {
  aws.answer(
    LIST_SECRETS,
    secretPages(() => names(250)),
  );
  const before = asked().length;
  expect(await listSecrets('prod/tenants/', 1_001)).toEqual(names(250));
  expect(
    asked()
      .slice(before)
      .map(({ input }) => input),
  ).toEqual([
    { Filters: [{ Key: 'name', Values: ['prod/tenants/'] }], IncludePlannedDeletion: false, MaxResults: 100 },
    expect.objectContaining({ NextToken: '100' }),
    expect.objectContaining({ NextToken: '200' }),
  ]);
});

test('what does not begin with the prefix exactly, or is to be deleted, is left out', async () => {
  const listed = [
    { Name: 'prod/tenants/b' },
    { Name: 'Prod/tenants/c' },
    { Name: 'prod/tenants/' },
    { Name: 'prod/tenantsX' },
    { Name: 'prod/tenants/d', DeletedDate: 1_767_323_000 },
    { Name: 'prod/tenants/a' },
  ];
  aws.answer(LIST_SECRETS, () => ({ status: 200, output: { SecretList: listed } }));
  expect(await listSecrets('prod/tenants/', 1_001)).toEqual(['prod/tenants/a', 'prod/tenants/b']);
});

test('the list ends where there are too many', async () => {
  aws.answer(
    LIST_SECRETS,
    secretPages(() => names(2_000)),
  );
  const before = asked().length;
  expect(await listSecrets('prod/tenants/', 1_001)).toHaveLength(1_001);
  expect(asked().length - before).toBe(11);
});

test('a list that is refused says what is missing', async () => {
  aws.answer(LIST_SECRETS, awsFailure('AccessDeniedException'));
  const { code, message } = await failureOfAsync(listSecrets('prod/tenants/', 1_001));
  expect([code, message]).toEqual([
    'SecretUnavailable',
    'The secrets below prod/tenants/ cannot be listed: access denied. The function needs secretsmanager:ListSecrets. Nothing was changed.',
  ]);
});
