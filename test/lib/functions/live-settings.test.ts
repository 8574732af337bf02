import { expect, test } from 'vitest';
import { LIVE_SETTINGS, setCommand } from '../../../lambda/input/live-settings.ts';
import { synthesise, variants } from '../synthesise.ts';

test('what an operator sets is theirs: no template has a parameter, which a deployment would write again', () => {
  for (const options of Object.values(variants)) synthesise(options).resourceCountIs('AWS::SSM::Parameter', 0);
});

test('limit and state are read by the function that cleans up, and by the widget', () => {
  const staging = synthesise({ stackName: 'Staging', tokenLimit: '500000' });
  const limit = { TOKEN_LIMIT: '500000', TOKEN_LIMIT_PARAMETER: '/Staging/token-limit' };
  staging.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'handler.handler',
    Environment: { Variables: { ...limit, STATE_PARAMETER: '/Staging/state' } },
  });
  staging.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'widget.handler',
    Environment: { Variables: { ...limit, STATE_PARAMETER: '/Staging/state' } },
  });
});

test.each([
  ['token-limit', ['1', '750000', '9007199254740991'], ['0', '01', '-1', '1e6', '1.5', '', ' 5', '750,000']],
  ['state', ['enabled', 'paused'], ['Paused', 'disabled', '', 'enabled ', 'paused\n']],
] as const)('the pattern of %s takes what the function takes, and refuses the rest', (key, good, bad) => {
  const pattern = new RegExp(LIVE_SETTINGS[key].pattern);
  expect(good.filter((value) => !pattern.test(value))).toEqual([]);
  expect(bad.filter((value) => pattern.test(value))).toEqual([]);
});

test('a command sets one whether it is there or not, and what it may be', () => {
  expect(setCommand('/Staging/state', 'state', 'paused')).toBe(
    "aws ssm put-parameter --type String --overwrite --allowed-pattern '^(enabled|paused)$' --name /Staging/state --value paused",
  );
});
