import { Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import type { OwnVariables } from '../config/variables.ts';
import { secretId } from './database-secret.ts';
import type { LiveSettings } from './live-settings.ts';

/** What a check works with. */
export interface CheckSettings
  extends Pick<
    CheckedProps,
    | 'databaseSecret'
    | 'fleet'
    | 'databaseHost'
    | 'databasePort'
    | 'databaseName'
    | 'databaseIamAuth'
    | 'name'
    | 'tokenLimit'
    | 'maxClearedShare'
    | 'quietMinutes'
    | 'tableName'
    | 'auditTableName'
    | 'language'
    | 'timezone'
  > {
  readonly settings: LiveSettings;
}

/** The same as environment variables, by the names that lambda/input/settings.ts reads. */
export function checkEnvironment(scope: Construct, { settings, ...given }: CheckSettings): OwnVariables {
  return {
    // The name in every log line, and the one dimension of the metrics.
    POWERTOOLS_SERVICE_NAME: given.name,
    ...(given.databaseSecret !== undefined && { DATABASE_SECRET_ID: secretId(scope, given.databaseSecret) }),
    ...(given.fleet !== undefined && { DATABASE_SECRET_PREFIX: given.fleet.prefix }),
    ...(given.databaseHost !== undefined && { DATABASE_HOST: given.databaseHost }),
    ...(given.databasePort !== undefined && { DATABASE_PORT: numberText(given.databasePort) }),
    ...(given.databaseName !== undefined && { DATABASE_NAME: given.databaseName }),
    ...(given.databaseIamAuth !== undefined && { DATABASE_IAM_USER: given.databaseIamAuth.user }),
    TOKEN_LIMIT: numberText(given.tokenLimit),
    TOKEN_LIMIT_PARAMETER: settings.tokenLimit.name,
    STATE_PARAMETER: settings.state.name,
    ...(given.maxClearedShare !== undefined && { MAX_CLEARED_SHARE: numberText(given.maxClearedShare) }),
    ...(given.quietMinutes !== undefined && { QUIET_MINUTES: numberText(given.quietMinutes) }),
    TABLE_NAME: given.tableName,
    AUDIT_TABLE_NAME: given.auditTableName,
    LANGUAGE: given.language,
    TIMEZONE: given.timezone,
  };
}

/** A number as text, also where it is a token. */
export const numberText = (value: number) => Tokenization.stringifyNumber(value);
