import { type ContextKey, contextKeys } from './keys.ts';

type Values = { readonly [K in keyof typeof contextKeys]: NonNullable<ReturnType<(typeof contextKeys)[K]['read']>> };

/** The same table, in the form in which the compiler can tell a key's type from its name. */
const keys: { readonly [K in keyof Values]: ContextKey<Values[K]> } = contextKeys;

/** The context is not one to deploy with. The message is one line that says which key, what was given, what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Context = Readonly<Record<string, unknown>>;

/**
 * The value of a key, undefined when it is not given.
 *
 * @throws ConfigError when it is not allowed. Text that may hold a password is not shown in it.
 */
export function read<K extends keyof Values>(context: Context, key: K): Values[K] | undefined {
  const given = context[key];
  if (given === undefined) return undefined;
  const isText = ['string', 'number', 'boolean'].includes(typeof given);
  const value = isText ? keys[key].read(String(given).trim()) : undefined;
  return value ?? refuse(key, shown(key, given));
}

/**
 * What the CDK itself adds has a `:` or a `/` in it, except for what its CLI remembers of `cdk acknowledge` and
 * `cdk cli-telemetry`. Anything else is somebody's typing error, and would silently mean the default.
 */
export function refuseUnknownKeys(context: Context): void {
  const ofTheCdk = (key: string) => /[:/]/.test(key) || ['acknowledged-issue-numbers', 'cli-telemetry'].includes(key);
  const unknown = Object.keys(context).find((key) => !Object.hasOwn(contextKeys, key) && !ofTheCdk(key));
  if (unknown !== undefined) {
    throw new ConfigError(`Context key ${unknown} is unknown; allowed are ${Object.keys(contextKeys).join(', ')}.`);
  }
}

/** @param fault what is wrong with the key, so that it completes the sentence "Context key … …, but must be …" */
export function refuse(key: keyof Values, fault: string): never {
  const { allowed, example } = keys[key];
  throw new ConfigError(`Context key ${key} ${fault}, but must be ${allowed}: for example -c ${key}='${example}'.`);
}

/**
 * What was given, for a message.
 *
 * Where the name of a secret, or a host, is asked for, people paste the connection string; it must not end
 * up in a log.
 */
export function shown(key: keyof Values, given: unknown): string {
  const text = JSON.stringify(given);
  const suspicious = key === 'notifyEmail' ? /:\/\// : /:\/\/|@|passw|pwd/i;
  const mayHoldPassword = suspicious.test(text) || (key === 'databaseSecret' && !/^"(arn:|\s*"$)/.test(text));
  return mayHoldPassword ? 'has a value that is not shown, since it may hold a password' : `is ${text}`;
}
