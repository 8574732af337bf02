import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCheck } from '../../lambda/aws/run-check.ts';
import { handler } from '../../lambda/verify.ts';
import { awsEnvironment } from '../support/aws/fake-aws.ts';
import { catchLog } from '../support/aws/logged.ts';
import { listen } from '../support/network/listen.ts';

const VERSION = 'arn:aws:lambda:eu-west-1:123456789012:function:cleanup:7';
const CANARY = '573009998877';

/** What Lambda answers to an invocation. */
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}
const CHECKED: Answer = { status: 200, body: { mode: 'check', topThreads: [{ phone: CANARY }] } };
const DENIED: Answer = { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: {} };
const failed = (errorType: string, errorMessage: string): Answer => ({
  status: 200,
  headers: { 'x-amz-function-error': 'Unhandled' },
  body: { errorType, errorMessage, trace: [] },
});

/** Lambda's invocations, and the bucket that takes answers to CloudFormation, on loopback. */
let answers: (Answer | 'silence' | ((payload: string) => Promise<Answer>))[] = [];
let bucketStatus = 200;
const invoked: { path: string; body: string }[] = [];
const told: { type: string | undefined; body: Record<string, unknown> }[] = [];
const server = createServer(async (request, response) => {
  const { url: path = '', method } = request;
  const body = await text(request);
  if (method === 'PUT') {
    told.push({ type: request.headers['content-type'], body: JSON.parse(body) });
    response.writeHead(bucketStatus).end();
    return;
  }
  invoked.push({ path: decodeURIComponent(path), body });
  const answer = answers.shift();
  if (answer === undefined || answer === 'silence') return;
  const { status, headers, body: answered } = typeof answer === 'function' ? await answer(body) : answer;
  response.writeHead(status, headers).end(JSON.stringify(answered));
});
const endpoint = `http://127.0.0.1:${await listen(server)}`;
afterAll(() => server.closeAllConnections());
afterAll(() => void server.close());

let log: readonly string[] = [];
beforeEach(() => {
  for (const [name, value] of Object.entries(awsEnvironment(endpoint))) vi.stubEnv(name, value);
  for (const seen of [invoked, told]) seen.length = 0;
  bucketStatus = 200;
  log = catchLog();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const request = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  ResponseURL: `${endpoint}/bucket/answer?X-Amz-Signature=secret`,
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/x/y',
  RequestId: 'request-1',
  LogicalResourceId: 'VerifyVersion7',
  ...(RequestType !== 'Create' && { PhysicalResourceId: 'VerifyVersion7' }),
  ResourceProperties: { FunctionArn: VERSION },
});
const { RequestType: _, ResponseURL: __, ResourceProperties: ___, ...named } = request('Delete');

test('a new version is invoked once without a payload, and the deployment told that all is well', async () => {
  answers = [CHECKED];
  await handler(request('Create'));
  expect(invoked).toEqual([{ path: `/2015-03-31/functions/${VERSION}/invocations`, body: '' }]);
  expect(told).toEqual([{ type: undefined, body: { Status: 'SUCCESS', ...named } }]);
  expect(JSON.stringify([told, log])).not.toContain(CANARY);
  expect(log).toEqual([]);
});

test('a check that failed fails the deployment, with the function’s own message', async () => {
  answers = [failed('SecretUnavailable', 'The secret "x" cannot be read: access denied.')];
  await handler(request('Create'));
  const Reason = 'SecretUnavailable: The secret "x" cannot be read: access denied.';
  expect(told.map(({ body }) => body)).toEqual([{ Status: 'FAILED', Reason, ...named }]);
  expect(log).toEqual([]);
});

test.each(['Update', 'Delete'] as const)('%s, as on the way back, checks nothing', async (type) => {
  await handler(request(type));
  expect(invoked).toEqual([]);
  expect(told.map(({ body }) => body)).toEqual([{ Status: 'SUCCESS', ...named }]);
});

test('a message that is longer than CloudFormation takes is cut off', async () => {
  answers = [failed('TableUnusable', 'ñ'.repeat(9_000))];
  await handler(request('Create'));
  expect(Buffer.byteLength(JSON.stringify(told[0]?.body))).toBeLessThan(4_096);
  expect(told[0]?.body['Reason']).toMatch(/^TableUnusable: ñ+/);
});

test('an answer that does not arrive is an error, so that Lambda tries again; its address is not in it', async () => {
  bucketStatus = 403;
  await expect(handler(request('Delete'))).rejects.toThrow(/^CloudFormation cannot be told the outcome \(403\)\.$/);
  await expect(handler({ ...request('Delete'), ResponseURL: 'http://127.0.0.1:1/?secret' })).rejects.toThrow(
    /^CloudFormation cannot be told the outcome \(no connection\)\.$/,
  );
});

/** The same for many databases. */
const ofMany = () => {
  const create = request('Create');
  return { ...create, ResourceProperties: { ...create.ResourceProperties, SecretPrefix: 'prod/tenants/' } };
};
const listed = (...names: readonly string[]): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: { SecretList: names.map((Name) => ({ Name })) },
});
const payloads = () => invoked.slice(1).map(({ body }) => JSON.parse(body));

test('of many databases one that can be checked is enough for the deployment', async () => {
  const broken = failed('InvalidSecret', 'Empty.');
  answers = [listed('prod/tenants/a', 'prod/tenants/b', 'prod/tenants/c'), broken, broken, CHECKED];
  await handler(ofMany());
  expect(payloads()).toHaveLength(3);
  for (const secret of ['prod/tenants/a', 'prod/tenants/b', 'prod/tenants/c']) {
    expect(payloads()).toContainEqual({ mode: 'check', secret });
  }
  expect(told.map(({ body }) => body['Status'])).toEqual(['SUCCESS']);
  expect(JSON.stringify([told, log])).not.toContain(CANARY);
});

test('of many databases three that cannot be checked fail the deployment, in the words of the first', async () => {
  // Each is answered when all have asked: so all have the whole time, and not a third of it.
  let allHaveAsked = () => {};
  const together = new Promise<void>((resolve) => {
    allHaveAsked = resolve;
  });
  const broken = async (payload: string) => {
    if (payloads().length === 3) allHaveAsked();
    await together;
    return failed('DatabaseUnreachable', `${JSON.parse(payload).secret} is down.`);
  };
  const secrets = ['a', 'b', 'c', 'd'].map((name) => `prod/tenants/${name}`);
  answers = [listed(...secrets), broken, broken, broken];
  await handler(ofMany());
  expect(payloads()).toHaveLength(3);
  expect(told.map(({ body }) => body)).toMatchObject([
    { Status: 'FAILED', Reason: 'DatabaseUnreachable: prod/tenants/a is down.' },
  ]);
});

test('where there is no database yet, nothing is checked, and the deployment goes on', async () => {
  answers = [listed()];
  await handler(ofMany());
  expect(payloads()).toEqual([]);
  expect(told.map(({ body }) => body['Status'])).toEqual(['SUCCESS']);
});

test('secrets that may not be listed fail the deployment', async () => {
  answers = [{ status: 400, headers: {}, body: { __type: 'AccessDeniedException' } }];
  await handler(ofMany());
  expect(told.map(({ body }) => body)).toMatchObject([
    {
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /^SecretUnavailable: The secrets below prod\/tenants\/ cannot be listed: access denied/,
      ),
    },
  ]);
});

const soon = { invocationMs: 300, pauseMs: 1 };

test('a right that IAM does not know of everywhere yet is waited for, a minute of times', async () => {
  answers = [DENIED, DENIED, CHECKED];
  expect(await runCheck(VERSION, soon)).toBeUndefined();
  answers = Array.from({ length: 20 }, () => DENIED);
  expect(await runCheck(VERSION, soon)).toMatch(/^The check could not be run: AccessDeniedException: /);
  expect(20 - answers.length).toBe(13);
});

test('a check that does not answer is given up', async () => {
  answers = ['silence'];
  expect(await runCheck(VERSION, soon)).toBe('The check did not answer within 0.3 s. Its log says how far it got.');
});

test('an error without words of its own says where to look', async () => {
  answers = [{ status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: [] }];
  expect(await runCheck(VERSION, soon)).toBe(
    'The check failed without a reason. Look in the log of the cleanup function.',
  );
});
