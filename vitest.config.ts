import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { skippedTests } from './test/support/skipped-tests.ts';

// Node.js keeps here what it has compiled: sixty workers load the same libraries.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node-compile-cache');

export default defineConfig({
  test: {
    // Most of the time is spent waiting for servers and child processes, not computing.
    maxWorkers: 2,
    reporters: ['default', skippedTests],
    projects: [
      {
        test: {
          name: 'stack',
          include: ['test/lib/**/*.test.ts'],
          // Importing the CDK takes seconds; these tests share nothing that they change.
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'job',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lib/**'],
          globalSetup: 'test/support/postgres/server.ts',
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
