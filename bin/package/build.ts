import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSET_NAMES } from '../../lib/functions/assets.ts';
import { writeBundle } from '../../lib/functions/bundle.ts';
import { importedPackages } from './imported-packages.ts';
import { type Checkout, COMMAND, packageJson } from './package-json.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** Handed on as they are, with every file that they link to. */
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs',
  '.github/CONTRIBUTING.md',
  '.github/SECURITY.md',
  '.github/widget.png',
];
/** Of the documents, what only a checkout has a use for. */
const LEFT_OUT = 'docs/examples/tsconfig.json';

/**
 * Builds what the npm package consists of: the compiled construct, types and command, the asset of the functions, the
 * documents, and a package.json whose dependencies are what the compiled files import.
 *
 * @param folder for it alone; what is in it goes
 */
export function buildPackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', import.meta.dirname, '--outDir', folder], { stdio: 'inherit' });
  chmodSync(join(folder, COMMAND), 0o755);
  for (const asset of ASSET_NAMES) writeBundle(asset, join(folder, 'asset', asset));
  for (const name of DOCUMENTS) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  rmSync(join(folder, LEFT_OUT));
  const checkout: Checkout = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const describe = (imported: readonly string[]) =>
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packageJson(checkout, imported), undefined, 2)}\n`);
  // What the modules import is found by the `imports` of the first.
  describe([]);
  describe(importedPackages(folder));
}
