import type { CleanupResult, Summarised } from '../../../lambda/model/results.ts';

type RequestContext = Readonly<Record<string, unknown>>;

/** What a scheduled cleanup returned. */
export const RESULT: Summarised<CleanupResult> = {
  mode: 'cleanup',
  startedAt: '2025-08-29T08:00:05.000Z',
  summary: 'Cleared 12 threads',
  tokenLimit: 1_000_000,
  tokenLimitFrom: 'deployment',
  requestId: 'run-1',
  cleanedCount: 12,
  totalTokensCleared: 14_203_993,
  auditIds: [7],
  auditCount: 1,
  nearLimitCount: 0,
  activeCount: 0,
  remainingCount: 0,
  complete: true,
  warnings: [],
  durationMs: 1_234,
};

/** The event of a run that ended well, as EventBridge delivers Lambda's record of it. */
export const successEvent = (responsePayload: unknown = RESULT, context: RequestContext = {}) =>
  runEvent('Success', { condition: 'Success', ...context }, { responsePayload });

/** The event of a run that Lambda gave up after three attempts; without a response where the function never ran. */
export const failureEvent = (responsePayload: unknown, context: RequestContext = {}, requestPayload?: unknown) =>
  runEvent(
    'Failure',
    { condition: 'RetriesExhausted', approximateInvokeCount: 3, ...context },
    {
      ...(responsePayload !== undefined && { responsePayload }),
      ...(requestPayload !== undefined && { requestPayload }),
    },
  );

/** AWS Lambda Developer Guide: "Capturing records of Lambda asynchronous invocations". */
function runEvent(result: 'Success' | 'Failure', context: RequestContext, payloads: object) {
  return {
    version: '0',
    id: '5f8f3c6e-0b51-4f5e-8f67-1d2f3a4b5c6d',
    'detail-type': `Lambda Function Invocation Result - ${result}`,
    source: 'lambda',
    account: '123456789012',
    time: '2025-08-29T08:00:07Z',
    region: 'eu-west-1',
    resources: ['arn:aws:lambda:eu-west-1:123456789012:function:cleanup:scheduled'],
    detail: {
      version: '1.0',
      timestamp: '2025-08-29T08:00:06.123Z',
      requestContext: {
        requestId: 'run-1',
        functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:cleanup:scheduled',
        approximateInvokeCount: 1,
        ...context,
      },
      requestPayload: { mode: 'cleanup' },
      responseContext: { statusCode: 200, executedVersion: '1' },
      ...payloads,
    },
  };
}
