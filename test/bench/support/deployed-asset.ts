import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { build } from 'esbuild';
import { lambdaCode } from '../../../lib/functions/code.ts';

const PROJECT = join(import.meta.dirname, '../../..');

/** Makes the asset that `cdk deploy` uploads, and returns the file of its main handler. */
export function deployedHandler(): string {
  const outdir = temporaryFolder();
  lambdaCode().bind(new Stack(new App({ outdir }), 'Bench'));
  const handler = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).find((file) => /handler\.mjs$/.test(file));
  if (handler === undefined) throw new Error('The asset has no handler.mjs.');
  return join(outdir, handler);
}

/** Bundles only what no such function can do without, in the way of lib/functions/bundle.ts. */
export async function leastBundle(): Promise<string> {
  const outfile = join(temporaryFolder(), 'least.mjs');
  await build({
    stdin: {
      contents: `
        import postgres from 'postgres';
        import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
        export const handler = () => [postgres, GetSecretValueCommand, SecretsManagerClient];`,
      resolveDir: PROJECT,
    },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
  });
  return outfile;
}

/** The files that are loaded when `file` is, itself first: what it imports with `import … from`, and those in turn. */
export function loadedFiles(file: string): string[] {
  const files = new Set([file]);
  for (const each of files) {
    for (const [, imported = ''] of readFileSync(each, 'utf8').matchAll(/(?:from|import)\s*"(\.\.?\/[^"]+\.mjs)"/g)) {
      files.add(join(dirname(each), imported));
    }
  }
  return [...files];
}

/** The files that those load only when they need them: what they import with `import(…)`. */
export function filesOnDemand(files: readonly string[]): string[] {
  const imported = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/import\("(\.\.?\/[^"]+\.mjs)"\)/g)].map(([, path = '']) =>
      join(dirname(file), path),
    ),
  );
  return [...new Set(imported)].filter((file) => !files.includes(file));
}

export const sizeOf = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);

/** Bytes by npm package, from the files' source maps; the largest first, this project's own code as `lambda`. */
export function bytesByPackage(files: readonly string[]): [name: string, bytes: number][] {
  const bytes = new Map<string, number>();
  for (const file of files) {
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
    for (const [row, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      for (let column = 0; column < line.length; column += 1) {
        const entry = map.findEntry(row, column);
        const source = 'originalSource' in entry ? entry.originalSource : '';
        const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? 'lambda';
        bytes.set(name, (bytes.get(name) ?? 0) + 1);
      }
    }
  }
  return [...bytes].sort(([, a], [, b]) => b - a);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-asset-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
