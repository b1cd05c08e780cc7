import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bucket, Storage } from '@google-cloud/storage';
import { afterEach, beforeEach, describe } from 'vitest';
import type { Emulator } from '../../frame/emulator.ts';
import { clientOf } from '../conformance/stage.ts';
import { startStorage } from '../index.ts';

export interface Stage {
  readonly emulator: Emulator;
  readonly origin: string;
  readonly client: Storage;
  readonly bucket: Bucket;
  /** Undefined over memory. */
  readonly dataDirectory: string | undefined;
  /** Ends the emulator and starts another on the same data; over memory it starts empty. */
  restart(): Promise<void>;
}

/** Runs one suite over both backends: what a test says of the service must not depend on where the bytes are. */
export function overBackends(name: string, suite: (stage: Stage) => void): void {
  describe.each(['memory', 'files'] as const)(`${name}, over %s`, (kind) => suite(stageFor(kind)));
}

export function overFiles(name: string, suite: (stage: Stage) => void): void {
  describe(name, () => suite(stageFor('files')));
}

function stageFor(kind: 'memory' | 'files'): Stage {
  const stage = {} as { -readonly [K in keyof Stage]: Stage[K] };
  const start = async () => {
    const at = stage.dataDirectory === undefined ? {} : { dataDirectory: stage.dataDirectory };
    stage.emulator = await startStorage(at);
    stage.origin = stage.emulator.environment.STORAGE_EMULATOR_HOST ?? '';
    stage.client = clientOf(stage.origin);
    stage.bucket = stage.client.bucket('shelf');
  };
  stage.restart = async () => {
    await stage.emulator.stop();
    await start();
  };
  beforeEach(async () => {
    stage.dataDirectory = kind === 'files' ? mkdtempSync(join(tmpdir(), 'storage-')) : undefined;
    await start();
    await stage.client.createBucket('shelf');
  });
  afterEach(async () => {
    await stage.emulator.stop();
    if (stage.dataDirectory !== undefined) rmSync(stage.dataDirectory, { recursive: true, force: true });
  });
  return stage;
}
