import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ThreadCleanup, type ThreadCleanupProps } from '../../lib/thread-cleanup.ts';
import { foreignStack } from './synthesise.ts';

export type Options = Omit<ThreadCleanupProps, 'databaseSecret'>;

/** A cleanup in somebody else's stack, and its template. */
export function deployed(make: (stack: Stack) => Partial<ThreadCleanupProps>) {
  const stack = foreignStack();
  const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'prod/database-url');
  const cleanup = new ThreadCleanup(stack, 'Cleanup', { databaseSecret, ...make(stack) });
  return { stack, cleanup, template: () => Template.fromStack(stack) };
}

/** The template of one that needs nothing of its stack. */
export const templateOf = (options: Options) => deployed(() => options).template();

/** The message with which a cleanup with these props is refused. */
export function refusal(options: Options): string {
  try {
    deployed(() => options);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error(`accepted: ${Object.keys(options)}`);
}

/** A function with these variables among its own. */
export const variables = (of: Record<string, unknown>, Handler = 'handler.handler') => ({
  Handler,
  Environment: { Variables: Match.objectLike(of) },
});

// The classes have `string | undefined` where their own interfaces have `string?`, which are not the same to
// exactOptionalPropertyTypes: hence the assertions.
export const newVpc = (stack: Stack) => new Vpc(stack, 'Vpc') as IVpc;
export const newSecret = (stack: Stack, encryptionKey?: IKey) =>
  new Secret(stack, 'Own', encryptionKey === undefined ? {} : { encryptionKey }) as ISecret;
