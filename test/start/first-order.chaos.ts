import { afterAll, expect, test } from 'vitest';
import { childrenOf, startFolder } from './start-process.ts';

const folder = startFolder();
afterAll(() => folder.remove());

/** Seconds would tell of the machine. What is asked is what a start does until then, and what it leaves for later. */
test('until the first order can be asked for, a start does nothing that the order does not need', async () => {
  // As from a shell: the tests' own setting would hide who asks for a metadata server.
  delete process.env.METADATA_SERVER_DETECTION;
  const run = folder.start();
  const [, made] = await run.said(/Ready after [\d.]+ s: (\d+) resources made/);
  // Topics, subscriptions, datasets, tables, the bucket: the daily run's procedures and workflow come later.
  expect(Number(made)).toBe(2 + 3 + 4 + 9 + 1);
  // They have loaded meanwhile: emulators, shop, and the worker that writes the order. The other one comes later.
  expect(childrenOf(run.child.pid ?? 0)).toHaveLength(3);
  expect(run.err()).not.toContain('writes iceberg');
  await run.said(/First order visible in BigQuery after/);
  await run.said(/Worker \d+ writes iceberg/);
  expect(run.err()).not.toContain('Warning');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(run.err()).toContain('SUCCEEDED');
}, 120_000);
