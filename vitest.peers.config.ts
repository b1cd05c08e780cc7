import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.peers.test.ts'],
    exclude: ['node_modules/**', '.orderlake/**'],
    pool: 'forks',
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // Where endpoints are emulators, a probe of the metadata server only costs time.
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
