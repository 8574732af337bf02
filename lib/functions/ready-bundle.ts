import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetName } from './assets.ts';

/** Made by bundle.ts when the package was. */
const READY = join(import.meta.dirname, '../../asset');

/** Writes the bundle of an asset, which the npm package has in it. */
export function writeBundle(asset: AssetName, outputDir: string): void {
  cpSync(join(READY, asset), outputDir, { recursive: true });
}
