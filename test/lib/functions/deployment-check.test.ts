import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { INVOCATION_MS } from '../../../lambda/aws/run-check.ts';
import { CONNECT_TIMEOUT_MS } from '../../../lambda/database/database.ts';
import { STATEMENT_TIMEOUT_MS } from '../../../lambda/database/statement-timeout.ts';
import { synthesise, variants } from '../synthesise.ts';

const standard = synthesise();
const CHECK = 'Custom::DeploymentCheck';

/** The one check of a template. */
function checkOf(template: Template) {
  const [[id, check] = ['', undefined], ...others] = Object.entries(template.findResources(CHECK));
  expect(others).toEqual([]);
  return { id, properties: check?.['Properties'], dependsOn: check?.['DependsOn'] };
}

test('a deployment can do without a check', () => {
  const unchecked = synthesise(variants['without a check']);
  unchecked.resourceCountIs(CHECK, 0);
  expect(unchecked.findResources('AWS::Lambda::Function', { Properties: { Handler: 'verify.handler' } })).toEqual({});
});

describe('the check in a deployment', () => {
  test('is of the version that the schedule runs, by a function of its own', () => {
    const [alias] = Object.values(standard.findResources('AWS::Lambda::Alias'));
    const [version] = alias?.['Properties'].FunctionVersion['Fn::GetAtt'] ?? [];
    const { properties } = checkOf(standard);
    const [verifier] = properties.ServiceToken['Fn::GetAtt'];
    expect(properties.FunctionArn).toEqual({ Ref: version });
    expect(standard.toJSON()['Resources'][verifier].Properties).toMatchObject({ Handler: 'verify.handler' });
  });

  test.each([
    ['without options', standard],
    ['in a VPC', synthesise(variants['in a VPC without security groups'])],
  ])('comes after everything that it needs %s', (_, template) => {
    const needed = Object.keys(template.toJSON()['Resources']).filter((id) => /^(Cleanup|Network|VerifyRole)/.test(id));
    expect(checkOf(template).dependsOn).toEqual(expect.arrayContaining(needed));
  });

  test('waits longer than the function itself waits for a statement, and is given up in time for the deployment to hear of it', () => {
    expect(INVOCATION_MS).toBeGreaterThan(STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS);
    const handler = { Properties: { Handler: 'verify.handler' } };
    const [verifier] = Object.values(standard.findResources('AWS::Lambda::Function', handler));
    const timeout = verifier?.['Properties'].Timeout;
    // Half a minute for a list of secrets, and a minute until IAM knows of the right.
    expect(INVOCATION_MS / 1000 + 30 + 60).toBeLessThan(timeout);
    expect(Number(checkOf(standard).properties.ServiceTimeout)).toBeGreaterThan(timeout);
  });

  test('is one of its own for each version, so that the way back from one that failed checks nothing', () => {
    const idOf = (template: Template) => checkOf(template).id;
    const other = synthesise({ tableName: 'Clients' });
    expect(idOf(standard)).toMatch(/^VerifyCleanupFunctionCurrentVersion\w{40}$/);
    expect(idOf(other)).not.toBe(idOf(standard));
    expect(idOf(synthesise({ logRetentionDays: '30' }))).toBe(idOf(standard));
  });

  test('is outside of any VPC: what it talks to is AWS alone', () => {
    synthesise(variants['with everything']).hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'verify.handler',
      VpcConfig: Match.absent(),
    });
  });
});
