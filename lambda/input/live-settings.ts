import { ALLOWED_TOKEN_LIMIT } from './values.ts';

/** What an operator sets without deploying: a parameter of Systems Manager that nothing creates or deletes but they. */
interface LiveSetting {
  /** Completes the sentence "must be …". */
  readonly allowed: string;
  /** Systems Manager refuses what does not match. */
  readonly pattern: string;
}

/** The settings, by the last part of their names: `/STACK/token-limit`, `/STACK/state`. */
export const LIVE_SETTINGS = {
  'token-limit': { allowed: ALLOWED_TOKEN_LIMIT, pattern: '^[1-9][0-9]{0,15}$' },
  state: { allowed: '"enabled" or "paused"', pattern: '^(enabled|paused)$' },
} as const satisfies Record<string, LiveSetting>;
export type LiveSettingKey = keyof typeof LIVE_SETTINGS;

/**
 * A copyable command for the AWS CLI that sets one, whether it is there or not.
 *
 * @param name of the parameter
 * @param region of the parameter; without one, the CLI's own
 */
export function setCommand(name: string, key: LiveSettingKey, value: string, region?: string): string {
  const { pattern } = LIVE_SETTINGS[key];
  return (
    `aws ssm put-parameter ${inRegion(region)}--type String --overwrite --allowed-pattern '${pattern}' ` +
    `--name ${name} --value ${value}`
  );
}

/** A copyable command that shows who set one, when and to what. */
export function historyCommand(name: string, region?: string): string {
  return (
    `aws ssm get-parameter-history ${inRegion(region)}--name ${name} ` +
    "--query 'Parameters[].[LastModifiedDate,LastModifiedUser,Value]' --output text"
  );
}

/** A copyable command that deletes one, after which the deployed value applies. */
export function deleteCommand(name: string, region?: string): string {
  return `aws ssm delete-parameter ${inRegion(region)}--name ${name}`;
}

/** The option of the AWS CLI for a region, with the space after it. */
export const inRegion = (region: string | undefined) => (region === undefined ? '' : `--region ${region} `);
