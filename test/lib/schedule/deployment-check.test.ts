import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { CONNECT_TIMEOUT_MS } from '../../../lambda/database/database.ts';
import { STATEMENT_TIMEOUT_MS } from '../../../lambda/database/statement-timeout.ts';
import { synthesise, variants } from '../synthesise.ts';

const standard = synthesise();

function propertyOf(template: Template, type: string, property: string, matching: object = {}) {
  const [resource] = Object.values(template.findResources(type, matching));
  return resource?.['Properties'][property];
}

test('a deployment can do without a check', () => {
  const unchecked = synthesise(variants['without a check']);
  unchecked.resourceCountIs('Custom::Trigger', 0);
  expect(JSON.stringify(unchecked.toJSON())).not.toContain('AWSCDKTrigger');
});

describe('the check in a deployment', () => {
  test('invokes the version that the schedule runs, and waits for what it says', () => {
    const [version] = propertyOf(standard, 'AWS::Lambda::Alias', 'FunctionVersion')['Fn::GetAtt'];
    standard.hasResourceProperties('Custom::Trigger', {
      HandlerArn: { Ref: version },
      InvocationType: 'RequestResponse',
      ExecuteOnHandlerChange: true,
    });
  });

  test.each([
    ['without options', standard],
    ['in a VPC', synthesise(variants['in a VPC without security groups'])],
  ])('comes after everything that it needs %s', (_, template) => {
    const [trigger] = Object.values(template.findResources('Custom::Trigger'));
    const needed = Object.keys(template.toJSON()['Resources']).filter((id) => /^(Cleanup|Settings|Network)/.test(id));
    expect(trigger?.['DependsOn']).toEqual(expect.arrayContaining(needed));
  });

  test('is given up in time for the deployment to hear of it', () => {
    const handler = { Properties: { Handler: '__entrypoint__.handler' } };
    const providerTimeout = propertyOf(standard, 'AWS::Lambda::Function', 'Timeout', handler);
    const timeout = propertyOf(standard, 'Custom::Trigger', 'Timeout');
    // The SDK tries three times.
    expect((3 * Number(timeout)) / 1000).toBeLessThan(providerTimeout);
    expect(propertyOf(standard, 'Custom::Trigger', 'ServiceTimeout')).toBe(providerTimeout);
  });

  test('is one of its own for each version, so that the way back from one that failed checks nothing', () => {
    const idOf = (template: Template) => Object.keys(template.findResources('Custom::Trigger'))[0];
    const other = synthesise({ tableName: 'Clients' });
    expect(idOf(standard)).toMatch(/^VerifyCleanupFunctionCurrentVersion\w{40}$/);
    expect(idOf(other)).not.toBe(idOf(standard));
    expect(idOf(synthesise({ logRetentionDays: '30' }))).toBe(idOf(standard));
  });

  test('waits longer than the function itself waits for a statement', () => {
    expect(Number(propertyOf(standard, 'Custom::Trigger', 'Timeout'))).toBeGreaterThan(
      STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
    );
  });

  test('leaves no names and phone numbers in a log: what invokes it may write none', () => {
    standard.hasResource('AWS::IAM::Role', {
      Properties: {
        ManagedPolicyArns: Match.absent(),
        Policies: [
          {
            PolicyName: 'Inline',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['lambda:InvokeFunction'],
                  Resource: { Ref: Match.stringLikeRegexp('^CleanupFunctionCurrentVersion') },
                },
              ],
            },
          },
        ],
      },
    });
  });
});
