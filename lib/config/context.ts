import { type ContextKey, contextKeys } from './keys.ts';

type Values = { readonly [K in keyof typeof contextKeys]: NonNullable<ReturnType<(typeof contextKeys)[K]['read']>> };

/** The same table, in the form in which the compiler can tell a key's type from its name. */
const keys: { readonly [K in keyof Values]: ContextKey<Values[K]> } = contextKeys;

/** The context is not one to deploy with. The message is one line: which key, what it must be, what was given. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Context = Readonly<Record<string, unknown>>;

/**
 * The value of a key, undefined when it is not given.
 *
 * @throws ConfigError when it is not allowed. Text that may contain a password is not shown in it.
 */
export function read<K extends keyof Values>(context: Context, key: K): Values[K] | undefined {
  const given = context[key];
  if (given === undefined) return undefined;
  const isText = ['string', 'number', 'boolean'].includes(typeof given);
  const value = isText ? keys[key].read(String(given).trim()) : undefined;
  return value ?? refuse(key, given);
}

/**
 * What the CDK itself adds has a `:` or a `/` in it, except for what its CLI remembers of `cdk acknowledge` and
 * `cdk cli-telemetry`. Anything else is a typing error, and would silently mean the default.
 */
export function refuseUnknownKeys(context: Context): void {
  const ofTheCdk = (key: string) => /[:/]/.test(key) || ['acknowledged-issue-numbers', 'cli-telemetry'].includes(key);
  const unknown = Object.keys(context).find((key) => !Object.hasOwn(contextKeys, key) && !ofTheCdk(key));
  if (unknown !== undefined) {
    throw new ConfigError(`Unknown context key ${unknown}. Keys: ${Object.keys(contextKeys).join(', ')}.`);
  }
}

/** Refuses what was given for a key, with what it must be. */
export function refuse(key: keyof Values, given: unknown): never {
  const { allowed, example } = keys[key];
  throw new ConfigError(
    `Context key ${key} must be ${allowed} (got ${shown(key, given)}). Example: -c ${key}='${example}'`,
  );
}

/** Refuses a context without a key that has no default. */
export function requireKey(key: keyof Values): never {
  const { allowed, example } = keys[key];
  throw new ConfigError(`Context key ${key} is required: ${allowed}. Example: -c ${key}='${example}'`);
}

/**
 * What was given, for the end of a message: `(got …)`.
 *
 * Where the name of a secret, or a host, is asked for, people paste the connection string; it must not end
 * up in a log.
 */
function shown(key: keyof Values, given: unknown): string {
  const text = JSON.stringify(given);
  const suspicious = key === 'notifyEmail' ? /:\/\// : /:\/\/|@|passw|pwd/i;
  const mayContainPassword = suspicious.test(text) || (key === 'databaseSecret' && !/^"(arn:|\s*"$)/.test(text));
  return mayContainPassword ? 'a value that is not shown, because it may contain a password' : text;
}
