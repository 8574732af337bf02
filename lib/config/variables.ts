/** Environment variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** The variables that the functions are given here, and read in lambda/input/settings.ts: each has a prop of its own. */
export const OWN_VARIABLES = [
  'AUDIT_RETENTION_DAYS',
  'AUDIT_TABLE_NAME',
  'CLEANUP_FUNCTION_ARN',
  'DASHBOARD_URL',
  'DATABASE_CONCURRENCY',
  'DATABASE_HOST',
  'DATABASE_IAM_USER',
  'DATABASE_NAME',
  'DATABASE_PORT',
  'DATABASE_SECRET_ID',
  'DATABASE_SECRET_PREFIX',
  'EXPORT_BUCKET',
  'FAILURE_QUEUE_URL',
  'FUNCTION_NAME',
  'LANGUAGE',
  'MAX_CLEARED_SHARE',
  'MAX_FAILED_SHARE',
  'NODE_OPTIONS',
  'POWERTOOLS_METRICS_NAMESPACE',
  'POWERTOOLS_SERVICE_NAME',
  'QUIET_MINUTES',
  'STATE_PARAMETER',
  'TABLE_NAME',
  'TIMEZONE',
  'TOKEN_LIMIT',
  'TOKEN_LIMIT_PARAMETER',
  'TOPIC_ARN',
] as const;

/** The variables of a function, by names that are listed above. */
export type OwnVariables = Readonly<Partial<Record<(typeof OWN_VARIABLES)[number], string>>>;

/** AWS, "Working with Lambda environment variables": "Reserved environment variables". */
const RESERVED = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];

const taken: ReadonlySet<string> = new Set([...OWN_VARIABLES, ...RESERVED]);

/** What `parseVariables` accepts. */
export const ALLOWED_VARIABLES =
  'an object of environment variables and texts, without names that Lambda reserves or that the functions set themselves';

/** Reads environment variables from the text of a JSON object; undefined when one is not allowed. */
export function parseVariables(json: string): Variables | undefined {
  const values = parseObject(json);
  if (values === undefined || refusedNames(values).length > 0) return undefined;
  const entries = Object.entries(values);
  if (!entries.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** What is wrong with a text that `parseVariables` does not take. No value is in it: that of a proxy may have a password. */
export function shownVariables(json: string): string {
  const values = parseObject(json);
  if (values === undefined) return 'no JSON object';
  return refusedNames(values).join(', ') || 'a value that is no text';
}

/** The names that are not allowed. Lambda takes letters, digits and underscores, a letter first, at least two. */
function refusedNames(values: object): string[] {
  return Object.keys(values).filter((name) => taken.has(name) || !/^[a-z]\w+$/i.test(name));
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
