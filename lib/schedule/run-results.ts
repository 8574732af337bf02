import { CfnEventBusPolicy, EventBus, type EventPattern } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/**
 * The event bus of the stack's own, for the results of scheduled runs.
 *
 * A result continues a run and becomes an e-mail, so nobody may put one there but the function. On the account's default
 * bus everybody could who may put events.
 */
export class RunResults extends EventBus {
  /** @param cleanup the cleanup's name: the one that the CDK would make is the same in every stack with the same ids */
  constructor(scope: Construct, id: string, cleanup: string) {
    super(scope, id, {
      eventBusName: `${cleanup}-results`,
      description: 'Results of scheduled cleanups of WhatsApp AI threads',
    });
  }

  /** Refuses the events of everybody else, whatever they are allowed elsewhere. */
  acceptOnlyFrom(role: IRole): void {
    new CfnEventBusPolicy(this, 'Policy', {
      eventBusName: this.eventBusName,
      statementId: 'OnlyTheCleanup',
      statement: {
        Sid: 'OnlyTheCleanup',
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: this.eventBusArn,
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': role.roleArn } },
      },
    });
  }
}

/**
 * The results of asynchronous invocations of an alias, as its destinations put them on the event bus.
 *
 * @param payload what the function's result has to be like
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function resultsOf(
  alias: IAlias,
  outcome: 'Success' | 'Failure',
  payload?: Readonly<Record<string, unknown>>,
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

/** Something was cleared, and nothing continues the run: however often it did, it is told of once, at its end. */
export const ENDED = { cleanedCount: [{ numeric: ['>', 0] }], next: { mode: [{ exists: false }] } };
