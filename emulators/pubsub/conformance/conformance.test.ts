import { expect, test } from 'vitest';
import { runConformance } from './run.ts';
import { ownServer } from './servers.ts';
import { supportTable, writtenTable } from './support-table.ts';

test('every documented behaviour that has a scenario holds here, and the README says so', async () => {
  const server = await ownServer();
  try {
    const results = await runConformance(server, 1);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    // node emulators/pubsub/conformance/main.ts --write-table
    expect(writtenTable()).toBe(supportTable(results));
  } finally {
    await server.close();
  }
}, 60_000);
