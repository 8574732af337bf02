import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { synthesiseFunction } from '../support/aws/deployed-function.ts';
import {
  awsFailure,
  GET_PARAMETERS,
  GET_SECRET_VALUE,
  parameterValues,
  secretText,
  startFakeAws,
} from '../support/aws/fake-aws.ts';
import { startFakeS3 } from '../support/aws/fake-s3.ts';
import {
  auditedThreads,
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
} from '../support/postgres/database.ts';

const database = await createDatabase();
const aws = await startFakeAws();
const s3 = await startFakeS3();
const deployed = synthesiseFunction({ databaseSecret: 'prod/database-url', export: 'true' });
const startWith = (endpoint: string) =>
  deployed.start({
    ...aws.environment,
    AWS_ENDPOINT_URL_S3: endpoint,
    // In the template it is a reference to the bucket.
    EXPORT_BUCKET: 'cleared-threads',
  });
const instance = startWith(s3.endpoint);
afterAll(async () => {
  await instance.end();
  await aws.close();
  await s3.close();
  deployed.remove();
});

beforeEach(async () => {
  aws.answer(GET_SECRET_VALUE, secretText(database.url));
  aws.answer(GET_PARAMETERS, parameterValues({}));
  s3.answer('take');
  s3.objects.length = 0;
  await emptyTables(database);
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000, name: 'A "quoted" 🌸' }]);
});

async function expectNothingCleared(): Promise<void> {
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'conv_1', threadTokenCount: 1_000_000 });
  expect(await auditedThreads(database).catch(() => [])).toEqual([]);
}

test('the complete rows lie in the bucket, where the audit row says, and nothing there is ever overwritten', async () => {
  const { result, requestId } = await instance.invoke({ mode: 'cleanup' });
  expect(result).toMatchObject({ cleanedCount: 1 });
  const [object] = s3.objects;
  expect(object?.path).toMatch(
    new RegExp(`^/cleared-threads/exports/20\\d\\d/\\d\\d/\\d\\d/${requestId}/[\\da-f-]{36}\\.ndjson\\.gz$`),
  );
  expect(object?.ifNoneMatch).toBe('*');
  expect(JSON.parse(gunzipSync(object?.body ?? '').toString())).toMatchObject({
    phoneNumber: '1',
    name: 'A "quoted" 🌸',
  });
  expect(await database.sql`select details ->> 'export' as export from "ThreadCleanupLog"`).toEqual([
    { export: `s3:/${object?.path}` },
  ]);
});

test('the receipt of an erasure lists the objects of the bucket that hold the person, and no others', async () => {
  const nights = [
    ['+57 300', '2'],
    ['3', '4'],
    ['+57 300', '5'],
  ];
  for (const phones of nights) {
    await database.sql`truncate "ClientView"`;
    await insertContacts(
      database,
      phones.map((phone) => ({ phone, tokens: 1_000_000 })),
    );
    expect((await instance.invoke({ mode: 'cleanup' })).result).toMatchObject({ cleanedCount: 2 });
  }
  const holding = s3.objects
    .filter(({ body }) =>
      gunzipSync(body)
        .toString()
        .trim()
        .split('\n')
        .some((row) => JSON.parse(row).phoneNumber === '+57 300'),
    )
    .map(({ path }) => `s3:/${path}`);
  expect(holding).toHaveLength(2);
  const { result } = await instance.invoke({ mode: 'erase', phone: '+57 300' });
  expect(result).toMatchObject({ erasedRows: 2, complete: true });
  expect(result?.['exports']).toHaveLength(2);
  expect(result?.['exports']).toEqual(expect.arrayContaining(holding));
});

test.each([
  ['refuses', { status: 403, code: 'AccessDenied' }, /access denied\. The function needs s3:PutObject/],
  ['is gone', { status: 404, code: 'NoSuchBucket' }, /there is no such bucket/],
  ['has that object already', { status: 412, code: 'PreconditionFailed' }, /an object of that name already/],
] as const)('when the bucket %s, nothing is cleared', async (_, answer, message) => {
  s3.answer(answer);
  const { error } = await instance.invoke({ mode: 'cleanup' });
  expect(error).toMatchObject({ errorType: 'ExportFailed', errorMessage: expect.stringMatching(message) });
  await expectNothingCleared();
});

test('when S3 cannot be reached, nothing is cleared, and the error says what a private subnet needs', async () => {
  const nobody = await startFakeS3();
  await nobody.close();
  const lonely = startWith(nobody.endpoint);
  onTestFinished(async () => void (await lonely.end()));
  const { error } = await lonely.invoke({ mode: 'cleanup' });
  expect(error).toMatchObject({
    errorType: 'ExportFailed',
    errorMessage: expect.stringMatching(
      /bucket cleared-threads, so it is not cleared: S3 cannot be reached \(ECONNREFUSED\)\..* a gateway endpoint for s3 /,
    ),
  });
  await expectNothingCleared();
});

test('when the parameters or the secret cannot be read, nothing is cleared and nothing is exported', async () => {
  aws.answer(GET_PARAMETERS, awsFailure('AccessDeniedException'));
  expect((await instance.invoke({ mode: 'cleanup' })).error).toMatchObject({ errorType: 'ParameterUnavailable' });
  aws.answer(GET_PARAMETERS, parameterValues({}));
  aws.answer(GET_SECRET_VALUE, awsFailure('ResourceNotFoundException'));
  expect((await instance.invoke({ mode: 'cleanup' })).error).toMatchObject({ errorType: 'SecretUnavailable' });
  await expectNothingCleared();
  expect(s3.objects).toEqual([]);
});

test('a limit that is set in the parameter changes the next run; a bad one stops it', async () => {
  const [limit = '', state = ''] = deployed.parameters;
  aws.answer(GET_PARAMETERS, parameterValues({ [limit]: '1000001', [state]: 'enabled' }));
  expect((await instance.invoke({ mode: 'cleanup' })).result).toMatchObject({ tokenLimit: 1_000_001, cleanedCount: 0 });
  aws.answer(GET_PARAMETERS, parameterValues({ [limit]: 'a lot', [state]: 'enabled' }));
  expect((await instance.invoke({ mode: 'cleanup' })).error).toMatchObject({
    errorType: 'InvalidSettings',
    errorMessage: expect.stringContaining(
      `The parameter ${limit} must be a positive whole number, such as 500000 (got "a lot").`,
    ),
  });
  aws.answer(GET_PARAMETERS, parameterValues({ [limit]: '5', [state]: 'paused' }));
  expect((await instance.invoke({ mode: 'cleanup' })).result).toMatchObject({ paused: true, cleanedCount: 0 });
  await expectNothingCleared();
});

test('when the answer of S3 got lost, the object that is there counts as stored', async () => {
  s3.answer('take in silence');
  expect((await instance.invoke({ mode: 'cleanup' })).result).toMatchObject({ cleanedCount: 1 });
  expect(s3.objects).toHaveLength(1);
  expect(await database.sql`select details ->> 'export' as export from "ThreadCleanupLog"`).toEqual([
    { export: `s3:/${s3.objects[0]?.path}` },
  ]);
});
