import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { bundledPackages, licenseNotice } from './third-party-licenses.ts';

const project = join(import.meta.dirname, '../..');

/** The modules of the asset that export a `handler`; each is bundled from lambda/ by the same name. */
const ENTRY_POINTS = ['handler', 'notify', 'widget'] as const;
export type EntryPoint = (typeof ENTRY_POINTS)[number];

/** What the licences of the code inside ask to hand on with it. */
const NOTICE_FILE = 'THIRD-PARTY-LICENSES.txt';

/**
 * The code of all functions, as one asset: an ES module and its source map for each of them, with every dependency inside
 * (the SDK clients too, so that a function runs on the versions that were tested, not on those that Lambda has today), and
 * the licences of all that.
 *
 * esbuild runs in this process; Docker is never needed. The asset's hash is that of the result, so that a deployment of the
 * same sources from another folder leaves the functions as they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
 */
export function lambdaCode(): Code {
  return Code.fromAsset(join(project, 'lambda'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Asked for by the type; `local` leaves nothing to do for it.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(outputDir) {
          bundle(outputDir);
          return true;
        },
      },
    },
  });
}

function bundle(outputDir: string): void {
  // Built for a folder that is always the same, and written by hand: the paths in a source map are relative to that
  // folder, and the CDK's own (a temporary one) would change the asset's hash.
  const outdir = join(project, 'asset');
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: project,
    entryPoints: ENTRY_POINTS.map((name) => join(project, `lambda/${name}.ts`)),
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
