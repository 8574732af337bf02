import type { Config } from '../config/config.ts';
import type { LiveSettings } from './live-settings.ts';

/** What a check needs to know, by the names that lambda/settings.ts reads. */
export function checkEnvironment(config: Config, settings: LiveSettings, serviceName: string): Record<string, string> {
  return {
    // The name in every log line, and the one dimension of the metrics.
    POWERTOOLS_SERVICE_NAME: serviceName,
    DATABASE_SECRET_ID: config.databaseSecret,
    ...(config.databaseHost !== undefined && { DATABASE_HOST: config.databaseHost }),
    ...(config.databasePort !== undefined && { DATABASE_PORT: String(config.databasePort) }),
    ...(config.databaseName !== undefined && { DATABASE_NAME: config.databaseName }),
    TOKEN_LIMIT_PARAMETER: settings.tokenLimit.name,
    TABLE_NAME: config.tableName,
    AUDIT_TABLE_NAME: config.auditTableName,
    LANGUAGE: config.language,
    TIMEZONE: config.timezone,
  };
}
