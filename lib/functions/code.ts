import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundle } from './bundle.ts';

const sources = join(import.meta.dirname, '../../lambda');

/** The modules of the asset that export a `handler`; each is bundled from lambda/ by the same name. */
const ENTRY_POINTS = ['handler', 'notify', 'verify', 'widget'] as const;
export type EntryPoint = (typeof ENTRY_POINTS)[number];

/**
 * The code of all functions, as one asset.
 *
 * esbuild runs in this process; Docker is never needed. The asset's hash is that of the result, so that a deployment of the
 * same sources from another folder leaves the functions as they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
 */
export function lambdaCode(): Code {
  return Code.fromAsset(sources, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Asked for by the type; `local` leaves nothing to do for it.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(outputDir) {
          bundle(ENTRY_POINTS, outputDir);
          return true;
        },
      },
    },
  });
}
