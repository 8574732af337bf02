import { Token } from 'aws-cdk-lib';
import { keys, shown, type Values } from './context.ts';

/** A key whose value is one number, text or truth value. */
type SingleKey = { [K in keyof Values]: Values[K] extends string | number | boolean ? K : never }[keyof Values];

/**
 * Checks the value of a prop by the rule of a context key. A token that is not resolved yet passes.
 *
 * @param prop what the value is called
 * @returns the value in the form that the rule gives it
 * @throws Error with the prop's name, what it must be and what was given; text that may contain a password is not shown
 */
export function checkValue<K extends SingleKey>(prop: string, key: K, value: Values[K]): Values[K];
export function checkValue<K extends SingleKey>(
  prop: string,
  key: K,
  value: Values[K] | undefined,
): Values[K] | undefined;
export function checkValue<K extends SingleKey>(prop: string, key: K, value: Values[K] | undefined) {
  if (value === undefined || Token.isUnresolved(value)) return value;
  return keys[key].read(String(value)) ?? refuse(prop, key, value);
}

/**
 * The same for a value that is needed while the template is made.
 *
 * @throws Error also for a token
 */
export function checkKnownValue<K extends SingleKey>(prop: string, key: K, value: Values[K]): Values[K];
export function checkKnownValue<K extends SingleKey>(
  prop: string,
  key: K,
  value: Values[K] | undefined,
): Values[K] | undefined;
export function checkKnownValue<K extends SingleKey>(prop: string, key: K, value: Values[K] | undefined) {
  checkKnown(prop, value);
  return checkValue(prop, key, value);
}

/** @throws Error for a token */
export function checkKnown(prop: string, value: unknown): void {
  if (Token.isUnresolved(value)) throw new Error(`${prop} must be known when the template is made (got a token)`);
}

/** The same for a list, each item of it by itself. */
export function checkList(
  prop: string,
  key: 'notifyEmail' | 'subnetIds',
  values: readonly string[],
): readonly string[] {
  return values.flatMap((value) =>
    Token.isUnresolved(value) ? [value] : (keys[key].read(value) ?? refuse(prop, key, value)),
  );
}

/** The same for environment variables, by their names. */
export function checkVariables(prop: string, values: Values['environment']): Values['environment'] {
  return keys.environment.read(JSON.stringify(values)) ?? refuse(prop, 'environment', values);
}

function refuse(prop: string, key: keyof Values, value: unknown): never {
  throw new Error(`${prop} must be ${keys[key].allowed} (got ${shown(key, value)})`);
}
