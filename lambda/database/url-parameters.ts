import { DROPPED, DROPPED_VALUES, INSTEAD, READ, type Refuse, SCHEMA } from './parameter-names.ts';
import { schemaOfOptions, schemaOfPath } from './schema-parameters.ts';

/** What the parameters of a URL, or the keys of a secret beside user and password, say: each by its name. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Takes the parameters that this job honours. One that only changes speed is dropped; any other is refused by its name: it
 * may say where or as whom, and the job would clear threads somewhere else.
 *
 * @param pairs names and values, decoded
 * @throws what `refuse` makes; a value is never in it
 */
export function readParameters(pairs: readonly (readonly [string, string])[], refuse: Refuse): Parameters {
  const read = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (DROPPED.has(name) || DROPPED_VALUES.get(name)?.test(value)) continue;
    if (!READ.has(name)) throw refuse(unknown(name, pairs));
    const before = read.get(name);
    if (before !== undefined && before !== value) throw refuse(`has the parameter ${name} twice: write it once`);
    read.set(name, value);
  }
  return read;
}

/** What says nothing else about a parameter could be the rest of a password that has a raw "&" in it. */
function unknown(name: string, pairs: readonly (readonly [string, string])[]): string {
  const instead = INSTEAD.get(name);
  if (instead !== undefined) return `has the parameter ${name}, which this job does not take: ${instead}`;
  const [, value = ''] = pairs.find(([other]) => other === name) ?? [];
  const showable = /^[A-Za-z][A-Za-z_.-]{1,40}$/.test(name) && value !== '' && !pairs.some(([n]) => n === 'password');
  return (
    `has ${showable ? `the unknown parameter ${name}` : 'an unknown parameter'}: leave it out, since it might say where or ` +
    'as whom to connect (docs/database.md lists those that are understood; in a password write "&" as %26 and "?" as %3F)'
  );
}

/** The schema in which a table name without one is looked for, if anything says so. */
export function schemaOf(parameters: Parameters, refuse: Refuse): string | undefined {
  const said = SCHEMA.flatMap((name) => {
    const value = parameters.get(name);
    if (!value) return [];
    if (name === 'schema') return [value];
    const schema = name === 'options' ? schemaOfOptions(value, refuse) : schemaOfPath(name, value, refuse);
    return schema === undefined ? [] : [schema];
  });
  const [schema] = said;
  if (said.some((other) => other !== schema)) throw refuse('names two different schemas: write one, as schema=NAME');
  return schema;
}
