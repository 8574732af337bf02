import type { Context } from 'aws-lambda';

/** What Lambda hands to a function beside the event, with fifteen minutes left. */
export function lambdaContext(awsRequestId = 'request-of-this-function'): Context {
  return {
    awsRequestId,
    functionName: 'function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:function',
    memoryLimitInMB: '256',
    logGroupName: '/log-group',
    logStreamName: 'log-stream',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => 900_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
