import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runConformance } from './run.ts';
import { ownServer } from './servers.ts';
import { withSupport } from './support-table.ts';

test('every documented behaviour that has a scenario holds here, and the README says so', async () => {
  const server = await ownServer();
  try {
    const results = await runConformance(server, 1);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    // node emulators/pubsub/conformance/main.ts --write-table
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(withSupport(readme, results)).toBe(readme);
  } finally {
    await server.close();
  }
}, 60_000);
