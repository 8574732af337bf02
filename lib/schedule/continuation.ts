import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { delivery } from './failure-queue.ts';
import { type RunResults, resultsOf } from './run-results.ts';

export interface ContinuationProps {
  /** What ran out of time, and is invoked again. */
  readonly target: IAlias;

  /** Where its results are. */
  readonly results: RunResults;

  /** Takes the runs that could not be delivered. */
  readonly failureQueue: IQueue;
}

/**
 * Continues a scheduled cleanup that ran out of time, with the payload that it handed out for that. Nothing else of a
 * record is handed on.
 *
 * Lambda's recursion detection does not see this circle. What ends it is that a run which gained no page of the table, and
 * cleared nothing, hands out no payload.
 */
export class Continuation extends Construct {
  constructor(scope: Construct, id: string, { target, results, failureQueue }: ContinuationProps) {
    super(scope, id);
    const event = RuleTargetInput.fromEventPath('$.detail.responsePayload.next');
    new Rule(this, 'Rule', {
      description: 'Continues a cleanup of WhatsApp AI threads that ran out of time',
      eventBus: results,
      eventPattern: resultsOf(target, 'Success', { complete: [false], next: { mode: ['cleanup'] } }),
      targets: [new LambdaFunction(target, { event, deadLetterQueue: failureQueue, ...delivery })],
    });
  }
}
