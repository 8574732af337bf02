import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lambdaCode } from '../../lib/functions/code.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

const PROJECT = join(import.meta.dirname, '../..');

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage(['aws-cdk-lib', 'constructs', '@types/node']);
});

afterAll(() => installed.remove());

/** Writes a file of somebody's project that has the package installed. */
function write(file: string, text: string): string {
  const path = join(installed.folder, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const assetsIn = (folder: string) => globSync('asset.*/handler.mjs', { cwd: folder });

describe('The asset', () => {
  test('of the package is that of the sources: the same hash', () => {
    const code = join(installed.home, 'lib/functions/code.js');
    const program = write(
      'hash.mjs',
      `import { App, Stack } from 'aws-cdk-lib';
       import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
       import { lambdaCode } from ${JSON.stringify(code)};
       const stack = new Stack(new App({ outdir: 'packaged' }), 'Stack');
       new Function(stack, 'F', { code: lambdaCode(), handler: 'handler.handler', runtime: Runtime.NODEJS_24_X });`,
    );
    execFileSync('sh', ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, program], { cwd: installed.folder });
    const outdir = join(installed.folder, 'from-sources');
    new LambdaFunction(new Stack(new App({ outdir }), 'Stack'), 'F', {
      code: lambdaCode(),
      handler: 'handler.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    expect(assetsIn(join(installed.folder, 'packaged'))).toEqual(assetsIn(outdir));
    expect(assetsIn(outdir)).toHaveLength(1);
  });
});

describe('The construct', () => {
  test.each([
    ['import', 'module.mjs', `import { ThreadCleanup } from 'whatsapp-thread-cleanup';`],
    ['require', 'common.cjs', `const { ThreadCleanup } = require('whatsapp-thread-cleanup');`],
  ])('is taken by %s', (_, file, text) => {
    const program = write(file, `${text}\nconsole.log(typeof ThreadCleanup);`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'function\n', stderr: '' });
  });
});

/** Type checks a file as strictly as TypeScript can, the declarations of the package too. */
function typeCheck(folder: string, text: string, options: Readonly<Record<string, unknown>>): string {
  write(`${folder}/package.json`, '{"type":"module"}');
  write(`${folder}/program.ts`, text);
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', types: [], ...options };
  write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [compiler, '-p', join(installed.folder, folder)], { encoding: 'utf8' }).stdout;
}

const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

describe.each(RESOLUTIONS)('With $moduleResolution', (options) => {
  test('the construct has types', () => {
    const program = `
      import { Stack } from 'aws-cdk-lib';
      import { ThreadCleanup, type ThreadCleanupProps } from 'whatsapp-thread-cleanup';
      export const cleanup = (props: ThreadCleanupProps): Stack => Stack.of(new ThreadCleanup(new Stack(), 'Cleanup', props));
      // @ts-expect-error: it has no such property
      export const wrong = (cleanup: ThreadCleanup) => cleanup.noSuchProperty;`;
    expect(typeCheck(`construct-${options.moduleResolution}`, program, { ...options, types: ['node'] })).toBe('');
  });

  test('payloads and results have types, also where there is no CDK', () => {
    const program = `
      import type { Payload } from 'whatsapp-thread-cleanup/payloads';
      import type { CheckResult, Summarised } from 'whatsapp-thread-cleanup/results';
      export const payload: Payload = { mode: 'check', tokenLimit: 500_000 };
      // @ts-expect-error: a restore says what
      export const wrong: Payload = { mode: 'restore' };
      export const threads = (result: Summarised<CheckResult>): number => result.overLimitThreads + result.summary.length;`;
    expect(typeCheck(`types-${options.moduleResolution}`, program, options)).toBe('');
  });
});

test('the tarball has the licences of what is in the asset, and no sources, tests or sample data', () => {
  const files = globSync('**/*', { cwd: installed.home });
  expect(files).toContain('asset/THIRD-PARTY-LICENSES.txt');
  expect(files).toContain('LICENSE');
  expect(files.filter((file) => /(?<!\.d)\.ts$|^test|sample|embedded|esbuild/.test(file))).toEqual([]);
  expect(readFileSync(join(installed.home, 'LICENSE'), 'utf8')).toContain('MIT License');
});
