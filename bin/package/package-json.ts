import { NEEDED_NODE } from '../local/program/needed-node.ts';

type Versions = Readonly<Record<string, string>>;

/** Of a checkout's package.json, what the package's is made from. */
export interface Checkout {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly private: boolean;
  /** Modules that others may import, as TypeScript files. */
  readonly exports: Readonly<Record<string, string>>;
  /** Modules of which the package has another one than a checkout, as TypeScript files. */
  readonly imports: Readonly<Record<string, { readonly package: string }>>;
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

/** What `thread-cleanup` starts. */
export const COMMAND = 'bin/local/installed.js';

/** Whoever imports the construct has them, in one version for all constructs; the command does without. */
const PEERS = ['aws-cdk-lib', 'constructs'];

/**
 * The package.json of the package.
 *
 * @param imported names of the packages that its modules import
 * @throws Error when one of them is no dependency of the checkout
 */
export function packageJson(checkout: Checkout, imported: readonly string[]) {
  const { name, version, description, license, exports, imports } = checkout;
  const versions: Versions = { ...checkout.devDependencies, ...checkout.dependencies };
  const versionsOf = (packages: readonly string[]) =>
    Object.fromEntries(packages.map((dependency) => [dependency, versions[dependency] ?? unknown(dependency)]));
  const peers = imported.filter((dependency) => PEERS.includes(dependency));
  return {
    name,
    version,
    description,
    license,
    private: checkout.private,
    type: 'module',
    engines: { node: `>=${NEEDED_NODE}` },
    bin: { 'thread-cleanup': COMMAND },
    exports: mapValues(exports, (source) => ({
      types: source.replace(/\.ts$/, '.d.ts'),
      default: compiled(source),
    })),
    imports: mapValues(imports, (source) => compiled(source.package)),
    dependencies: versionsOf(imported.filter((dependency) => !PEERS.includes(dependency))),
    peerDependencies: versionsOf(peers),
    peerDependenciesMeta: Object.fromEntries(peers.map((peer) => [peer, { optional: true }])),
  };
}

const compiled = (source: string) => source.replace(/\.ts$/, '.js');

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function unknown(dependency: string): never {
  throw new Error(`The package imports ${dependency}, which is no dependency in package.json.`);
}
