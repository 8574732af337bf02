import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { writeBundle } from '../../../lib/functions/bundle.ts';

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

test('it has no database client', () => {
  const licenses = readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  expect(licenses).toMatch(/^@aws\/durable-execution-sdk-js 2\.4\.0 \(Apache-2\.0\)$/m);
  expect(licenses).not.toMatch(/^postgres /m);
});
