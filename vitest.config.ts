import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

// Handed on to every process that a test starts. Half of what a fresh process does is compiling the Google clients.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

const never = [...configDefaults.exclude, '.orderlake/**', '**/*.peers.test.ts'];
/** These start programs, set variables that clients read when they are loaded, or measure: each gets its own process. */
const alone = ['test/**/*.test.ts', 'contracts/hostile.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than there are cores: the tests of whole processes wait, for a lease to end or a process to stop.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        // Projects run in the order of their names: these wait for leases and processes, the rooms use that time.
        test: {
          name: 'programs',
          include: alone,
          exclude: never,
          isolate: true,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['**/*.test.ts'],
          exclude: [...never, ...alone],
          // Nothing here leaves a trace outside its own file, and loading the clients anew costs half the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
    ],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Where endpoints are emulators, a probe of the metadata server only costs time.
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
