import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ParameterNames } from '../input/settings.ts';
import { ALLOWED_TOKEN_LIMIT, parseTokenLimit } from '../input/values.ts';
import { JobError } from '../model/job-error.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import { sendToAws } from './request.ts';

/** What can be set without deploying. */
export interface Parameters {
  /** Tokens; undefined when no parameter sets it. */
  readonly tokenLimit: number | undefined;
  readonly paused: boolean;
}

/**
 * Reads the SSM parameters that are named, in one request.
 *
 * @throws JobError ParameterUnavailable when one cannot be read, InvalidSettings when its value is not allowed; the
 *   message names the parameter. A cleanup must not continue with a guess.
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

function readTokenLimit(name: string, value: string | undefined): number {
  const limit = parseTokenLimit(value ?? '');
  if (limit === undefined) throw invalid(name, value, ALLOWED_TOKEN_LIMIT);
  return limit;
}

function readState(name: string, value: string | undefined): boolean {
  if (value !== 'enabled' && value !== 'paused') throw invalid(name, value, '"enabled" or "paused"');
  return value === 'paused';
}

function invalid(name: string, value: string | undefined, allowed: string): JobError {
  if (value === undefined) {
    return new JobError(
      'ParameterUnavailable',
      `There is no parameter ${name}. Deploy again, or create it. Nothing was changed.`,
    );
  }
  return new JobError(
    'InvalidSettings',
    `The parameter ${name} must be ${allowed} (got ${quoteSafely(value)}). Nothing was changed. Set it with: ` +
      `aws ssm put-parameter --overwrite --name ${name} --value VALUE`,
  );
}
