import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from '../../bin/package/build.ts';

const PROJECT = join(import.meta.dirname, '../..');
const NAME = 'whatsapp-thread-cleanup';

/** A folder in which the package is installed. */
export interface InstalledPackage {
  /** What has node_modules in it, and nothing above it has. */
  readonly folder: string;
  /** The package's own folder. */
  readonly home: string;
  readonly packageJson: {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  remove(): void;
}

/**
 * Builds and packs the package, and installs it from the tarball as npm does, but without a registry: what it depends on
 * comes from the checkout, and nothing else can be found from there.
 *
 * @param besides packages that the one who installs it has as well
 */
export function installPackage(besides: readonly string[] = []): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-package-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const staging = join(folder, 'dist');
  buildPackage(staging);
  // As `npm run package` does it.
  execFileSync('npm', ['pack', staging, '--pack-destination', folder, '--loglevel', 'error'], { stdio: 'pipe' });
  const home = join(folder, 'node_modules', NAME);
  mkdirSync(home, { recursive: true });
  const packageJson = JSON.parse(readFileSync(join(staging, 'package.json'), 'utf8'));
  rmSync(staging, { recursive: true });
  const tarball = join(folder, `${NAME}-${packageJson.version}.tgz`);
  execFileSync('tar', ['-xzf', tarball, '-C', home, '--strip-components', '1']);
  for (const name of [...Object.keys(packageJson.dependencies), ...besides]) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules', name), place);
  }
  return { folder, home, packageJson, remove };
}
