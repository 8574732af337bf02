import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { LIVE_SETTINGS, type LiveSettingKey, setCommand } from '../input/live-settings.ts';
import type { ParameterNames } from '../input/settings.ts';
import { parseTokenLimit } from '../input/values.ts';
import { JobError } from '../model/job-error.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import { sendToAws } from './request.ts';

/** What can be set without deploying. */
export interface Parameters {
  /** Tokens; undefined when no parameter sets it, and the deployed limit applies. */
  readonly tokenLimit: number | undefined;
  readonly paused: boolean;
}

/**
 * Reads the SSM parameters that are named, in one request. They are the operator's: one that does not exist sets nothing,
 * so that the deployed limit applies, and the cleanup is enabled.
 *
 * @throws JobError ParameterUnavailable when they cannot be read, InvalidSettings when a value is not allowed; the message
 *   names the parameter. A cleanup must not continue with a guess.
 */
export async function readParameters({ tokenLimit, state }: ParameterNames): Promise<Parameters> {
  const names = [tokenLimit, state].filter((name) => name !== undefined);
  if (names.length === 0) return { tokenLimit: undefined, paused: false };
  const values = await valuesOf(names);
  return {
    tokenLimit: tokenLimit === undefined ? undefined : readTokenLimit(tokenLimit, values.get(tokenLimit)),
    paused: state === undefined ? false : readState(state, values.get(state)),
  };
}

async function valuesOf(names: string[]): Promise<ReadonlyMap<string, string>> {
  const request = {
    service: 'Systems Manager',
    endpoint: 'an interface endpoint for ssm',
    failure: `The parameters ${names.join(' and ')} cannot be read`,
    code: 'ParameterUnavailable' as const,
    outcome: 'Nothing was changed.',
    reasons: { AccessDeniedException: 'access denied. The function needs ssm:GetParameters on them.' },
  };
  const { Parameters: found = [] } = await sendToAws(SSMClient, request, (client, options) =>
    client.send(new GetParametersCommand({ Names: names }), options),
  );
  return new Map(found.map(({ Name = '', Value = '' }) => [Name, Value]));
}

function readTokenLimit(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return parseTokenLimit(value) ?? refuse(name, 'token-limit', value);
}

function readState(name: string, value = 'enabled'): boolean {
  return value === 'paused' || (value !== 'enabled' && refuse(name, 'state', value));
}

function refuse(name: string, key: LiveSettingKey, value: string): never {
  throw new JobError(
    'InvalidSettings',
    `The parameter ${name} must be ${LIVE_SETTINGS[key].allowed} (got ${quoteSafely(value)}). Nothing was changed. Set it ` +
      `with: ${setCommand(name, key, 'VALUE')}`,
  );
}
