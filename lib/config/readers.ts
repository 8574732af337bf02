/** From the text of a context key to its value, or undefined when it is not allowed. */
export type Reader<T> = (text: string) => T | undefined;

/** Takes a text as it is when it matches; `valid` is asked only then, for what a pattern cannot say. */
export function matching(pattern: RegExp, valid: (text: string) => boolean = () => true): Reader<string> {
  return (text) => (pattern.test(text) && valid(text) ? text : undefined);
}

/** Reads texts with commas between them, without the spaces around each. One that does not match refuses them all. */
export function list(pattern: RegExp): Reader<readonly string[]> {
  return (text) => {
    const items = text.split(',').map((item) => item.trim());
    return items.every((item) => pattern.test(item)) ? items : undefined;
  };
}

/** Reads digits and nothing else (no sign, no exponent) as a number from `least` to `most`, both included. */
export function wholeNumber(least: number, most: number): Reader<number> {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };
}

/** Takes `true` and `false` alone: a `yes` or a `1` is refused rather than guessed. */
export function yesOrNo(text: string): boolean | undefined {
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

/** An EC2 id has 8 hexadecimal digits, or 17. */
export function id(kind: string): RegExp {
  return new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);
}
