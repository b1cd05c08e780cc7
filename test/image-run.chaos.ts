import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../cli/child.ts';
import { instructions } from './image-definition.ts';
import { type LocalRun, startLocalRun } from './local-run.ts';

describe('its entry point, with only the files that the image holds', () => {
  let run: LocalRun;
  let root: string;
  let command: string[];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'orderlake-image-'));
    for (const [from = '', to = ''] of instructions('COPY').filter(([first]) => !first?.startsWith('--'))) {
      cpSync(from, join(root, to === './' ? from : to), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    const [entry, words] = [instructions('ENTRYPOINT'), instructions('CMD')].map(
      ([line]) => JSON.parse(line?.join(' ') ?? '[]') as string[],
    );
    command = [...(entry ?? []), ...(words ?? [])];
    run = await startLocalRun();
  }, 120_000);
  afterAll(async () => {
    await run.stop();
    rmSync(root, { recursive: true });
  });

  test('takes orders until SIGTERM, then drains and ends with exit code 0', async () => {
    const [node, file = '', ...words] = command;
    expect(node).toBe('node');
    const worker = startChild(words, {}, join(root, file));
    await worker.firstLine();
    await run.publish(200);
    await run.backlogBelow(0);
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect((await run.verify()).holds).toBe(true);
  }, 120_000);
});
