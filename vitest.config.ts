import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Most of the time is spent waiting for servers and child processes, not computing.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'stack',
          include: ['test/lib/**/*.test.ts'],
          // Importing the CDK takes seconds; these tests share nothing that they change.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'job',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lib/**'],
          globalSetup: 'test/support/postgres-server.ts',
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
