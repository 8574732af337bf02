import { type ContextKey, contextKeys } from './keys.ts';
import { shownVariables } from './variables.ts';

/** The values of the context keys, by key. */
export type Values = {
  readonly [K in keyof typeof contextKeys]: NonNullable<ReturnType<(typeof contextKeys)[K]['read']>>;
};

/** The same table, in the form in which the compiler can tell a key's type from its name. */
export const keys: { readonly [K in keyof Values]: ContextKey<Values[K]> } = contextKeys;

/** The context is not one to deploy with. The message is one line: which key, what it must be, what was given. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Context = Readonly<Record<string, unknown>>;

/**
 * The value of a key, undefined when it is not given. An empty text or list is not given either: `-c key=` switches off
 * what cdk.json has.
 *
 * @throws ConfigError when it is not allowed. Text that may contain a password is not shown in it.
 */
export function read<K extends keyof Values>(context: Context, key: K): Values[K] | undefined {
  const given = context[key];
  if (given === undefined) return undefined;
  const text = textOf(given, keys[key].form);
  if (text === '') return undefined;
  return (text === undefined ? undefined : keys[key].read(text)) ?? refuse(key, given);
}

/** What was given, as the text that a reader takes; undefined when it is of a type that the key does not take. */
function textOf(given: unknown, form: ContextKey<unknown>['form']): string | undefined {
  if (Array.isArray(given)) {
    return form === 'list' && given.every((item) => typeof item === 'string') ? given.join(',').trim() : undefined;
  }
  if (typeof given === 'object' && given !== null) return form === 'object' ? JSON.stringify(given) : undefined;
  if (!['string', 'number', 'boolean'].includes(typeof given)) return undefined;
  const text = String(given).trim();
  return form === 'list' && text.startsWith('[') ? textOf(parseList(text), form) : text;
}

/** A list as JSON text has it, which is what scripts hand to `-c`; undefined when it is no JSON. */
function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An unknown key is a typing error, and would silently mean the default. */
export function refuseUnknownKeys(context: Context): void {
  const unknown = Object.keys(context).find((key) => !Object.hasOwn(contextKeys, key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `Unknown context key ${unknown}. A key comes from the command line (-c), from the "context" in cdk.json or ` +
        `~/.cdk.json, or from cdk.context.json. Keys: ${Object.keys(contextKeys).join(', ')}.`,
    );
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
export function shown(key: keyof Values, given: unknown): string {
  if (key === 'environment') return shownVariables(typeof given === 'string' ? given : JSON.stringify(given));
  const text = typeof given === 'number' ? String(given) : JSON.stringify(given);
  const suspicious = key === 'notifyEmail' ? /:\/\// : /:\/\/|@|passw|pwd/i;
  const mayContainPassword = suspicious.test(text) || (key === 'databaseSecret' && !/^"(arn:|\s*"$)/.test(text));
  return mayContainPassword ? 'a value that is not shown, because it may contain a password' : text;
}
