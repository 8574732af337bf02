import { globSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** `NAME` or `@SCOPE/NAME` of `NAME/file.js`. */
const PACKAGE = /^(?:@[^/]+\/)?[^/]+/;

/** The names of the packages that the modules of a package import, in a fixed order. */
export function importedPackages(folder: string): string[] {
  const { metafile } = buildSync({
    absWorkingDir: folder,
    entryPoints: globSync('**/*.js', { cwd: folder }).map((file) => join(folder, file)),
    outdir: folder,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const foreign = imports.filter(({ path, external }) => external && !isBuiltin(path));
  return [...new Set(foreign.flatMap(({ path }) => PACKAGE.exec(path)?.[0] ?? []))].sort();
}
