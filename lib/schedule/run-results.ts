import type { EventPattern } from 'aws-cdk-lib/aws-events';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';

/**
 * The results of asynchronous invocations of an alias, as its destinations put them on the event bus.
 *
 * @param payload what the function's result has to be like
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function resultsOf(
  alias: IAlias,
  outcome: 'Success' | 'Failure',
  payload?: Readonly<Record<string, unknown[]>>,
): EventPattern {
  return {
    source: ['lambda'],
    detailType: [`Lambda Function Invocation Result - ${outcome}`],
    detail: {
      requestContext: { functionArn: [alias.functionArn] },
      ...(payload !== undefined && { responsePayload: payload }),
    },
  };
}

/** Something was cleared. */
export const PROGRESS = { cleanedCount: [{ numeric: ['>', 0] }] };
