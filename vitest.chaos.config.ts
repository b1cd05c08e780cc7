import { defineConfig } from 'vitest/config';

/** Minutes of faults, kills and restarts; ORDERLAKE_CHAOS=short takes fewer seeds and combinations. */
export default defineConfig({
  test: {
    include: ['test/**/*.chaos.ts'],
    pool: 'forks',
    // Each file starts emulators and workers of its own; two at once fill two cores.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
