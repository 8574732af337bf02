import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readParameters } from '../../../lambda/aws/parameters.ts';
import { cleanUp } from '../../../lambda/job/cleanup.ts';
import { awsFailure, GET_PARAMETERS, parameterValues, silence, startFakeAws } from '../../support/aws/fake-aws.ts';
import { contactsByPhone, createDatabase, insertContacts, TABLE_NAMES } from '../../support/postgres/database.ts';

const aws = await startFakeAws();
beforeAll(() => {
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

const NAMES = { tokenLimit: '/stack/token-limit', state: '/stack/state' };

/** What Systems Manager has. */
const has = (values: Record<string, string>) => aws.answer(GET_PARAMETERS, parameterValues(values));

test('reads limit and state, each by its name, in one request', async () => {
  has({ '/stack/token-limit': '500000', '/stack/state': 'paused' });
  const before = aws.requests.length;
  expect(await readParameters(NAMES)).toEqual({ tokenLimit: 500_000, paused: true });
  expect(aws.requests.slice(before).map(({ input }) => input)).toEqual([
    { Names: ['/stack/token-limit', '/stack/state'] },
  ]);
});

test('asks for nothing when no parameter is named', async () => {
  const before = aws.requests.length;
  expect(await readParameters({ tokenLimit: undefined, state: undefined })).toEqual({
    tokenLimit: undefined,
    paused: false,
  });
  expect(aws.requests).toHaveLength(before);
});

test.each(['0', '-1', '1.5', '1e6', '', 'many', '9007199254740992', ' 5'])(
  'a limit of "%s" stops the run with an error that names the parameter',
  async (value) => {
    has({ '/stack/token-limit': value, '/stack/state': 'enabled' });
    await expect(readParameters(NAMES)).rejects.toMatchObject({
      name: 'InvalidSettings',
      message: expect.stringMatching(
        /^The parameter \/stack\/token-limit must be a positive whole number, such as 500000 \(got .*\)\..*put-parameter/,
      ),
    });
  },
);

test('a state that is neither enabled nor paused stops the run: nobody guesses which was meant', async () => {
  has({ '/stack/token-limit': '5', '/stack/state': 'Paused' });
  await expect(readParameters(NAMES)).rejects.toThrow(
    'The parameter /stack/state must be "enabled" or "paused" (got "Paused"). Nothing was changed. Set it with: ' +
      "aws ssm put-parameter --type String --overwrite --allowed-pattern '^(enabled|paused)$' --name /stack/state",
  );
});

test('a parameter that nobody has set means the deployed limit, and enabled', async () => {
  has({});
  expect(await readParameters(NAMES)).toEqual({ tokenLimit: undefined, paused: false });
  has({ '/stack/state': 'paused' });
  expect(await readParameters(NAMES)).toEqual({ tokenLimit: undefined, paused: true });
});

test('parameters that may not be read, or cannot be reached, are an error, not a default', async () => {
  aws.answer(GET_PARAMETERS, awsFailure('AccessDeniedException'));
  await expect(readParameters(NAMES)).rejects.toMatchObject({
    name: 'ParameterUnavailable',
    message: expect.stringContaining('cannot be read: access denied. The function needs ssm:GetParameters'),
  });
  aws.answer(GET_PARAMETERS, silence);
  await expect(readParameters(NAMES)).rejects.toThrow('an interface endpoint for ssm');
});

test('a paused cleanup clears nothing, creates nothing, and says so', async () => {
  const database = await createDatabase();
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const job = await database.open();
  const { result } = await cleanUp(job, TABLE_NAMES, {
    tokenLimitFrom: 'deployment',
    tokenLimit: 1_000_000,
    maxClearedShare: 50,
    requestId: 'request-1',
    paused: true,
  });
  expect(result).toMatchObject({ paused: true, cleanedCount: 0, auditCount: 0, remainingCount: 1, complete: true });
  expect((await contactsByPhone(database)).get('1')?.threadTokenCount).toBe(1_000_000);
  expect(await database.sql`select to_regclass('"ThreadCleanupLog"') as log`).toEqual([{ log: null }]);
});
