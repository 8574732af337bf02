import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { writeBundle } from '#write-bundle';
import type { AssetName } from './assets.ts';

const sources = join(import.meta.dirname, '../../lambda');

/** The code of all functions but one, as one asset. */
export const lambdaCode = () => assetOf('functions');

/** The code of the durable function that works through many databases. */
export const fleetCode = () => assetOf('fleet');

/**
 * An asset's code.
 *
 * In a checkout esbuild bundles it, in this process; the npm package has it ready (`imports` of package.json). Docker is
 * never needed. The asset's hash is that of the files, so that a deployment of the same code from another folder, or from
 * the package, leaves the functions as they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
 */
function assetOf(name: AssetName): Code {
  return Code.fromAsset(sources, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Asked for by the type; `local` leaves nothing to do for it.
      image: DockerImage.fromRegistry('none'),
      // What is made of the same sources with the same options, the CDK makes once: this tells the assets apart.
      command: [name],
      local: {
        tryBundle(outputDir) {
          writeBundle(name, outputDir);
          letEverybodyRead(outputDir);
          return true;
        },
      },
    },
  });
}

/**
 * Lambda runs the code as another user than its owner, and the zip keeps the modes of the files. A strict umask would make
 * a zip that Lambda cannot read, under the same hash as a good one: modes are not part of it.
 */
function letEverybodyRead(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}
