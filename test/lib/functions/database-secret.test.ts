import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { ThreadCleanup } from '../../../lib/thread-cleanup.ts';
import { deployed, newSecret, variables } from '../cleanup-in-stack.ts';
import { foreignApp } from '../synthesise.ts';

describe('the secret', () => {
  test('of the same app is read by its ARN, and by nothing that looks like it', () => {
    const template = deployed((stack) => ({ databaseSecret: newSecret(stack) })).template();
    const arn = { Ref: Match.stringLikeRegexp('^Own') };
    template.hasResourceProperties('AWS::Lambda::Function', variables({ DATABASE_SECRET_ID: arn }));
    expect(secretStatements(template)).toEqual([{ Ref: expect.stringMatching(/^Own/) }]);
  });

  test('encrypted with a key of one’s own brings the right to decrypt', () => {
    const template = deployed((stack) => ({
      databaseSecret: newSecret(stack, new Key(stack, 'SecretKey')),
    })).template();
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretKey'), 'Arn'] },
          }),
        ]),
      },
    });
  });

  test('imported by a partial ARN of another region keeps it', () => {
    const arn = 'arn:aws:secretsmanager:us-east-2:111122223333:secret:prod/db';
    const template = deployed((stack) => ({
      databaseSecret: Secret.fromSecretPartialArn(stack, 'Partial', arn),
    })).template();
    template.hasResourceProperties('AWS::Lambda::Function', variables({ DATABASE_SECRET_ID: arn }));
    expect(secretStatements(template)).toEqual([`${arn}-??????`]);
  });

  test('imported by its complete ARN keeps it also where the stack’s account and region are known', () => {
    const stack = new Stack(foreignApp('Other').app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf';
    new ThreadCleanup(stack, 'Cleanup', { databaseSecret: Secret.fromSecretCompleteArn(stack, 'Complete', arn) });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', variables({ DATABASE_SECRET_ID: arn }));
  });

  function secretStatements(template: Template): unknown[] {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => /^CleanupRoleDefaultPolicy/.test(id)) ?? [];
    const statements: { Action: string; Resource: unknown }[] = policy?.['Properties'].PolicyDocument.Statement;
    return statements.filter(({ Action }) => Action === 'secretsmanager:GetSecretValue').map((each) => each.Resource);
  }
});
