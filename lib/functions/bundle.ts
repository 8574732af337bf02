import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { type AssetName, ENTRY_POINTS } from './assets.ts';
import { bundledPackages, licenseNotice } from './third-party-licenses.ts';

const project = join(import.meta.dirname, '../..');

/** What the licences of the code inside ask to hand on with it. */
const NOTICE_FILE = 'THIRD-PARTY-LICENSES.txt';

/**
 * Writes an ES module and its source map for each entry point of an asset, with every dependency inside (the SDK clients
 * too, so that a function runs on the versions that were tested, not on those that Lambda has today), and the licences of
 * all that.
 */
export function writeBundle(asset: AssetName, outputDir: string): void {
  // Built for a folder that is always the same, and written by hand: the paths in a source map are relative to that
  // folder, and the CDK's own (a temporary one) would change the asset's hash.
  const outdir = join(project, 'asset');
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: project,
    entryPoints: ENTRY_POINTS[asset].map((name) => join(project, `lambda/${name}.ts`)),
    outdir,
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // What only some installations need, such as the S3 client, is a file of its own that the others never load.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
  });
  for (const { path, contents } of outputFiles) {
    const target = join(outputDir, path.slice(outdir.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, contents);
  }
  writeFileSync(join(outputDir, NOTICE_FILE), licenseNotice(bundledPackages(project, metafile)));
}
