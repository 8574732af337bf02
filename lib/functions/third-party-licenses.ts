import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of which there is code in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package gives it. */
  readonly license: string;
  /** Texts that the package asks to hand on, by the names of their files; some have none. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Up to the last `node_modules/NAME/` or `node_modules/@SCOPE/NAME/`: the folder of the package that a file belongs to. */
const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The packages of which there is code in the output, in a fixed order.
 *
 * @param folder what the paths in the metafile start from
 */
export function bundledPackages(folder: string, metafile: Metafile): BundledPackage[] {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = files
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => PACKAGE_FOLDER.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort().map((path) => readPackage(join(folder, path)));
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new TypeError(`${folder}/package.json names no licence`);
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  const texts = files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8').trim()]);
  return { name, version, license, texts: Object.fromEntries(texts) };
}

/** The packages with version and licence, one a line, and then each different text once, under those it is from. */
export function licenseNotice(packages: readonly BundledPackage[]): string {
  const list = packages.map(({ name, version, license }) => `${name} ${version} (${license})`);
  const owners = new Map<string, string[]>();
  for (const { name, texts } of packages) {
    for (const [file, text] of Object.entries(texts)) {
      owners.set(text, [...(owners.get(text) ?? []), `${name}: ${file}`]);
    }
  }
  const texts = [...owners].map(([text, from]) => `${'-'.repeat(80)}\n${from.join('\n')}\n\n${text}`);
  const title = 'The files beside this one contain code of these packages, under these licences:';
  return `${[[title, '', ...list].join('\n'), ...texts].join('\n\n')}\n`;
}
