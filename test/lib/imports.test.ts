import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');

test('a synthesis loads only what is installed with the package, and nothing that only the functions need', async () => {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: ['lib/thread-cleanup-app.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    outdir: 'asset',
    metafile: true,
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const packages = new Set(imported.filter((path) => !path.startsWith('node:')).map((path) => path.split('/')[0]));
  expect([...packages].sort()).toEqual(['aws-cdk-lib', 'aws-cron-parser', 'constructs', 'esbuild']);
  const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...packages]));
});
