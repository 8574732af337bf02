import { Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { createStack, synthesise, variants } from '../synthesise.ts';

const standard = synthesise();

describe('what is set without deploying', () => {
  test('is the limit, a whole number of tokens, a million at first', () => {
    standard.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/WhatsAppThreadCleanup/token-limit',
      Type: 'String',
      AllowedPattern: '^[1-9][0-9]{0,15}$',
      Value: '1000000',
    });
  });

  test('is the limit, as configured at first', () => {
    synthesise({ tokenLimit: '500000' }).hasResourceProperties('AWS::SSM::Parameter', { Value: '500000' });
  });

  test('is whether the cleanup runs or is paused', () => {
    standard.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/WhatsAppThreadCleanup/state',
      Type: 'String',
      AllowedPattern: '^(enabled|paused)$',
      Value: 'enabled',
    });
  });

  test('is each stack’s own', () => {
    const staging = synthesise({ stackName: 'Staging' });
    staging.hasResourceProperties('AWS::SSM::Parameter', { Name: '/Staging/token-limit' });
    staging.hasResourceProperties('AWS::SSM::Parameter', { Name: '/Staging/state' });
  });

  test('is read by the function that cleans up, both; by the widget, the limit', () => {
    const tokenLimit = '/WhatsAppThreadCleanup/token-limit';
    standard.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      Environment: {
        Variables: {
          TOKEN_LIMIT_PARAMETER: tokenLimit,
          STATE_PARAMETER: '/WhatsAppThreadCleanup/state',
          TOKEN_LIMIT: Match.absent(),
        },
      },
    });
    standard.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'widget.handler',
      Environment: { Variables: { TOKEN_LIMIT_PARAMETER: tokenLimit, STATE_PARAMETER: Match.absent() } },
    });
  });
});

describe('a deployment does not overwrite what an operator has set, since it leaves the parameters as they were', () => {
  const parameters = (template: Template) => template.findResources('AWS::SSM::Parameter');

  test('with every other option', () => {
    expect(parameters(synthesise(variants['with everything']))).toEqual(parameters(standard));
  });

  test('with tags for everything in the app', () => {
    const { app, stack } = createStack({});
    Tags.of(app).add('team', 'support');
    const tagged = Template.fromStack(stack);
    expect(parameters(tagged)).toEqual(parameters(standard));
    // They do reach other resources, and none is a tag of the stack, which CloudFormation itself would hand on.
    tagged.hasResourceProperties('AWS::SQS::Queue', { Tags: [{ Key: 'team', Value: 'support' }] });
    expect(stack.tags.tagValues()).toEqual({});
  });
});
