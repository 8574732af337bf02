type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Whether EventBridge would pass an event, for patterns of exact values, of presence, and one kind of comparison. Anything else in a
 * pattern is an error: what this does not know, it must not judge.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Json, event: Json | undefined): boolean {
  if (Array.isArray(pattern)) return pattern.some((matcher) => matchesValue(matcher, event));
  if (!isObject(pattern)) throw new TypeError(`${JSON.stringify(pattern)} stands where a pattern has a list`);
  return Object.entries(pattern).every(([key, inner]) => {
    if (key.startsWith('$')) throw new TypeError(`${key} is not known here`);
    return matches(inner, isObject(event) ? event[key] : undefined);
  });
}

function matchesValue(matcher: Json, value: Json | undefined): boolean {
  if (!isObject(matcher)) return matcher === value;
  const [operator, ...more] = Object.keys(matcher);
  if (operator === 'exists' && more.length === 0) return (value !== undefined) === matcher['exists'];
  const [comparison, bound, ...rest] = Array.isArray(matcher['numeric']) ? matcher['numeric'] : [];
  if (operator !== 'numeric' || more.length + rest.length > 0 || comparison !== '>' || typeof bound !== 'number') {
    throw new TypeError(`${JSON.stringify(matcher)} is not known here`);
  }
  return typeof value === 'number' && value > bound;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of a template with the resources that it refers to by their logical ids: `{ Ref: X }` as `X`. */
export function resolved(value: Json): Json {
  if (Array.isArray(value)) return value.map(resolved);
  if (!isObject(value)) return value;
  const { Ref: reference } = value;
  if (typeof reference === 'string') return reference;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
}
