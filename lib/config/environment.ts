import { ConfigError, type Context, read } from './context.ts';
import { contextKeys } from './keys.ts';

/** A part of the context of cdk.json that `-c env=NAME` chooses. */
type Block = Readonly<Record<string, unknown>>;

/**
 * The keys of one environment: those outside of every block, and with `-c env=staging` those of the block `staging`. What
 * the CDK itself has put into the context is left out.
 *
 * @throws ConfigError for a block that does not exist, and for a key that is both in the block and outside of it: `-c` and
 *   cdk.json arrive merged, so nobody can tell which of the two was meant
 */
export function environmentContext(context: Context): Context {
  const own = Object.entries(context).filter(([key]) => !isOfTheCdk(key));
  const blocks = new Map(own.filter((entry): entry is [string, Block] => isBlock(...entry)));
  const outside = Object.fromEntries(own.filter(([key]) => !blocks.has(key)));
  const name = read(outside, 'env');
  if (name === undefined) return outside;
  const block = blocks.get(name);
  if (block === undefined) {
    const known = blocks.size === 0 ? 'It has none' : `Blocks: ${[...blocks.keys()].join(', ')}`;
    throw new ConfigError(
      `Context key env must be the name of a block in the "context" of cdk.json (got "${name}"). ${known}.`,
    );
  }
  const both = Object.keys(block).find((key) => Object.hasOwn(outside, key));
  if (both !== undefined) {
    throw new ConfigError(
      `Context key ${both} is both in the block ${name} and outside of it. Give it in one place: outside is cdk.json ` +
        'without a block, and the command line (-c).',
    );
  }
  return { ...outside, ...block };
}

function isBlock(key: string, value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !Object.hasOwn(contextKeys, key);
}

/** It has a `:` or a `/` in it, except for what the CLI remembers of `cdk acknowledge` and `cdk cli-telemetry`. */
function isOfTheCdk(key: string): boolean {
  return /[:/]/.test(key) || ['acknowledged-issue-numbers', 'cli-telemetry'].includes(key);
}
