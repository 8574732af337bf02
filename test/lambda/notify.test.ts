import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { handler } from '../../lambda/notify.ts';
import { awsEnvironment, awsFailure, PUBLISH, published, startFakeAws } from '../support/aws/fake-aws.ts';
import { lambdaContext } from '../support/aws/lambda-context.ts';
import { catchLog } from '../support/aws/logged.ts';
import { failureEvent, RESULT, successEvent } from '../support/aws/run-events.ts';
import { everythingIn, failureOfAsync } from '../support/failure.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:notices';
const CANARY = '573009998877';

const aws = await startFakeAws();
afterAll(() => aws.close());

function useEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
let log: readonly string[] = [];
beforeEach(() => {
  useEnvironment({
    ...aws.environment,
    TOPIC_ARN: TOPIC,
    FUNCTION_NAME: 'cleanup',
    TOKEN_LIMIT_PARAMETER: '/stack/token-limit',
    FAILURE_QUEUE_URL: 'https://sqs.example/failures',
    DASHBOARD_URL: 'https://console.example/dashboard',
    LANGUAGE: 'es',
    TIMEZONE: 'UTC',
  });
  aws.answer(PUBLISH, published);
  log = catchLog();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What SNS was asked while the function handled the event. */
async function publishedFor(event: unknown) {
  const before = aws.requests.length;
  await handler(event, lambdaContext());
  return aws.requests.slice(before);
}

test('publishes one notice to the topic, in the configured language', async () => {
  expect(await publishedFor(successEvent())).toEqual([
    {
      operation: PUBLISH,
      region: 'eu-west-1',
      input: {
        TopicArn: TOPIC,
        Subject: 'Limpieza de threads: 12 threads limpiados, 14.203.993 tokens',
        Message: expect.stringMatching(/^Threads limpiados: 12\n.*29 de agosto de 2025 a las 8:00 \(UTC\)/s),
      },
    },
  ]);
});

test('publishes a failure', async () => {
  const event = failureEvent({ errorType: 'SecretUnavailable', errorMessage: 'The secret "x" cannot be read.' });
  expect(await publishedFor(event)).toMatchObject([
    { input: { Subject: 'La limpieza de threads fallo: SecretUnavailable' } },
  ]);
});

test('publishes nothing when nothing was cleared', async () => {
  expect(await publishedFor(successEvent({ ...RESULT, cleanedCount: 0 }))).toEqual([]);
});

test('logs counts and the run’s request id, and nothing of what the run said', async () => {
  await handler(successEvent({ ...RESULT, summary: CANARY, topThreads: [{ phone: CANARY }] }), lambdaContext());
  expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({ message: 'Notice sent', run: 'run-1', cleanedCount: 12 });
  const failed = failureEvent({ errorType: 'InvalidPayload', errorMessage: CANARY }, {}, { phone: CANARY });
  await handler(failed, lambdaContext());
  expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({ message: 'Notice sent', run: 'run-1', attempts: 3 });
  expect(log.join()).not.toContain(CANARY);
});

test.each([
  ['AuthorizationError', /access denied\. The function needs sns:Publish on that topic\.$/],
  ['NotFound', /there is no such topic\. Deploy again\.$/],
  ['InternalError', /SNS answered InternalError/],
])('a publish that SNS refuses (%s) fails, names the topic and says what to do', async (name, message) => {
  aws.answer(PUBLISH, awsFailure(name));
  const failure = await failureOfAsync(handler(successEvent(), lambdaContext()));
  expect(failure.code).toBe('NoticeFailed');
  expect(failure.message).toMatch(`The notice cannot be published to ${TOPIC}: `);
  expect(failure.message).toMatch(message);
  expect(everythingIn(failure)).not.toContain('The words of the service');
});

test('an SNS that cannot be reached fails, so that the rule tries again', async () => {
  useEnvironment(awsEnvironment('http://127.0.0.1:1'));
  const failure = await failureOfAsync(handler(successEvent(), lambdaContext()));
  expect(failure.message).toMatch(/SNS cannot be reached \(ECONNREFUSED\)/);
});

test.each(['TOPIC_ARN', 'FUNCTION_NAME', 'TOKEN_LIMIT_PARAMETER', 'FAILURE_QUEUE_URL', 'DASHBOARD_URL'])(
  'a missing %s is asked for',
  async (variable) => {
    vi.stubEnv(variable, '');
    const failure = await failureOfAsync(handler(successEvent(), lambdaContext()));
    expect(failure).toMatchObject({
      code: 'InvalidSettings',
      message: expect.stringMatching(`^${variable} must be .* \\(got nothing\\)`),
    });
  },
);

test.each([
  ['nothing', undefined, 'event itself'],
  ['an event without a record', { phone: CANARY }, 'detail'],
  ['a request id that would end a command', failureEvent({}, { requestId: `'; rm -rf ${CANARY}` }), 'requestId'],
  ['a time that is none', { detail: { ...successEvent().detail, timestamp: CANARY } }, 'timestamp'],
  ['a count that is none', successEvent({ ...RESULT, cleanedCount: CANARY }), 'cleanedCount'],
])('%s is refused, with the place and without its words', async (_, event, place) => {
  const failure = await failureOfAsync(handler(event, lambdaContext()));
  expect(failure).toMatchObject({ code: 'InvalidPayload', message: expect.stringContaining(place) });
  expect(everythingIn(failure) + log.join()).not.toContain(CANARY);
});
