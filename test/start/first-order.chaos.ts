import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { processStat } from '../../runtime/process-stat.ts';
import { childrenOf, startFolder } from './start-process.ts';

const folder = startFolder();
afterAll(() => folder.remove());

/**
 * In the processor's time of a process that only loads the Pub/Sub client, which every part of a start does. Two cores
 * of which each does ten of these in three seconds show the first order in three seconds.
 */
const mostLoads = 30;
const ticksASecond = 100;

function cpuOfOneLoad(): number {
  const program = `
    const { enableCompileCache } = await import('node:module');
    enableCompileCache();
    await import('@google-cloud/pubsub');
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1_000_000);`;
  const run = () => Number(spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout);
  run();
  return (run() + run() + run()) / 3;
}

test('until the first order can be asked for, a start does little, and nothing that it does not need', async () => {
  // As from a shell: the tests' own setting would hide who asks for a metadata server.
  delete process.env.METADATA_SERVER_DETECTION;
  const run = folder.start();
  await run.said(/First order visible in BigQuery after/);
  const pid = run.child.pid ?? 0;
  const parts = [pid, ...childrenOf(pid).flatMap((child) => [child, ...childrenOf(child)])];
  const ticks = parts.reduce((sum, part) => sum + (processStat(part)?.cpuTicks ?? 0), 0);
  expect(ticks / ticksASecond / cpuOfOneLoad()).toBeLessThan(mostLoads);
  const [, made] = /Ready after [\d.]+ s: (\d+) resources made/.exec(run.err()) ?? [];
  // Topics, subscriptions, datasets, tables, the bucket: the daily run's procedures and workflow come later.
  expect(Number(made)).toBe(2 + 3 + 4 + 9 + 1);
  expect(run.err()).not.toContain('Warning');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(run.err()).toContain('SUCCEEDED');
}, 120_000);
