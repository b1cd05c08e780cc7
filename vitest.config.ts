import { configDefaults, defineConfig } from 'vitest/config';

const never = [...configDefaults.exclude, '.orderlake/**', '**/*.peers.test.ts'];
/** These start programs, set variables that clients read when they are loaded, or measure: each gets its own process. */
const alone = ['test/**/*.test.ts', 'contracts/hostile.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // More than there are cores: the long tests wait, for a lease to end or a process to stop.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: { name: 'whole', include: alone, exclude: never, isolate: true, sequence: { groupOrder: 0 } },
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
