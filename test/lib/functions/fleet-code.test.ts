import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../../lib/config/config.ts';
import { writeBundle } from '../../../lib/functions/bundle.ts';
import { ThreadCleanupStack } from '../../../lib/thread-cleanup-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeBundle('fleet', folder);

test('the durable function’s code starts by itself, with everything inside', () => {
  const file = pathToFileURL(join(folder, 'fleet.mjs')).href;
  const started = execFileSync(
    process.execPath,
    ['-e', `import('${file}').then((m) => console.log(typeof m.handler))`],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  expect(started.trim()).toBe('function');
});

test('every function is deployed with the asset that its code is in', () => {
  const outdir = join(folder, 'cdk.out');
  const app = new App({ outdir, builtinCloudFormationValidation: false, context: { databaseSecret: 'prod/tenants/' } });
  const { stackName, ...config } = readConfig(app.node.getAllContext());
  new ThreadCleanupStack(app, stackName, config);
  const template = JSON.parse(readFileSync(app.synth().getStackByName(stackName).templateFullPath, 'utf8'));
  const functions = Template.fromJSON(template).findResources('AWS::Lambda::Function');
  const files = Object.values(functions).map(({ Properties: { Handler, Code } }) =>
    join(`asset.${Code.S3Key.replace('.zip', '')}`, Handler.replace('.handler', '.mjs')),
  );
  expect(files.map((file) => [basename(file), existsSync(join(outdir, file))])).toEqual([
    ['handler.mjs', true],
    ['verify.mjs', true],
    ['fleet.mjs', true],
  ]);
});

test('it has no database client', () => {
  const licenses = readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  expect(licenses).toMatch(/^@aws\/durable-execution-sdk-js 2\.4\.0 \(Apache-2\.0\)$/m);
  expect(licenses).not.toMatch(/^postgres /m);
});
