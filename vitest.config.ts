import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', '.orderlake/**', '**/*.peers.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Where endpoints are emulators, a probe of the metadata server only costs time.
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
