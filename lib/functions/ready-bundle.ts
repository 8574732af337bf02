import { cpSync } from 'node:fs';
import { join } from 'node:path';

/** Made by bundle.ts when the package was. */
const READY = join(import.meta.dirname, '../../asset');

/** Writes the bundle that the npm package has in it. */
export function writeBundle(outputDir: string): void {
  cpSync(READY, outputDir, { recursive: true });
}
