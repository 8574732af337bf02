import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from '../../bin/package/build.ts';

const PROJECT = join(import.meta.dirname, '../..');
const NAME = 'whatsapp-thread-cleanup';

/** A package.json, as far as tests look at it. */
interface PackageJson {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The package, unpacked from its tarball. */
export interface UnpackedPackage {
  readonly home: string;
  readonly packageJson: PackageJson;
}

/** Builds and packs the package, as `npm run package` does, and unpacks the tarball in a folder. */
export function unpackPackage(folder: string): UnpackedPackage {
  const staging = join(folder, 'dist');
  buildPackage(staging);
  execFileSync('npm', ['pack', staging, '--pack-destination', folder, '--loglevel', 'error'], { stdio: 'pipe' });
  const packageJson: PackageJson = JSON.parse(readFileSync(join(staging, 'package.json'), 'utf8'));
  const home = join(folder, 'package');
  execFileSync('tar', ['-xzf', join(folder, `${NAME}-${packageJson.version}.tgz`), '-C', folder]);
  return { home, packageJson };
}

/**
 * Installs it in a project as npm does, but without a registry: what it depends on comes from the checkout, and nothing
 * else can be found from there.
 *
 * @param besides packages that the project has as well
 * @returns the package's folder
 */
export function installIn(project: string, { home, packageJson }: UnpackedPackage, besides: readonly string[]): string {
  const modules = join(project, 'node_modules');
  cpSync(home, join(modules, NAME), { recursive: true });
  for (const name of [...Object.keys(packageJson.dependencies), ...besides]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name));
  }
  return join(modules, NAME);
}

/** A folder that no checkout is above of; it goes when the process ends, if not before. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'thread-cleanup-package-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return { path, remove };
}
