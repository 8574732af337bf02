import type { Config } from '../config/config.ts';
import type { DatabaseSecretProps } from './database-secret.ts';
import type { LiveSettings } from './live-settings.ts';

/** What a check works with. */
export interface CheckSettings
  extends DatabaseSecretProps,
    Pick<
      Config,
      | 'databaseHost'
      | 'databasePort'
      | 'databaseName'
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
export function checkEnvironment({ settings, ...given }: CheckSettings, serviceName: string): Record<string, string> {
  return {
    // The name in every log line, and the one dimension of the metrics.
    POWERTOOLS_SERVICE_NAME: serviceName,
    DATABASE_SECRET_ID: given.databaseSecret,
    ...(given.databaseHost !== undefined && { DATABASE_HOST: given.databaseHost }),
    ...(given.databasePort !== undefined && { DATABASE_PORT: String(given.databasePort) }),
    ...(given.databaseName !== undefined && { DATABASE_NAME: given.databaseName }),
    TOKEN_LIMIT: String(given.tokenLimit),
    TOKEN_LIMIT_PARAMETER: settings.tokenLimit.name,
    STATE_PARAMETER: settings.state.name,
    ...(given.maxClearedShare !== undefined && { MAX_CLEARED_SHARE: String(given.maxClearedShare) }),
    ...(given.quietMinutes !== undefined && { QUIET_MINUTES: String(given.quietMinutes) }),
    TABLE_NAME: given.tableName,
    AUDIT_TABLE_NAME: given.auditTableName,
    LANGUAGE: given.language,
    TIMEZONE: given.timezone,
  };
}
