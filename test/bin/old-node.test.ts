import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(['bin/local.ts', 'bin/app.ts'])(
  '%s on a Node.js that cannot run TypeScript says in one sentence which is needed, and how to get it',
  (program) => {
    // A newer Node.js that is told not to reads it as an old one does: as JavaScript.
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-experimental-strip-types', program], {
      cwd: root,
      encoding: 'utf8',
      // Without the options of whoever runs this test.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `Node.js 24 is needed (this is ${process.versions.node}): "npm ci" without --ignore-scripts installs it for this ` +
        'project, and "npm start", "npx cdk" and "npx node" then use it.\n',
    );
  },
);
