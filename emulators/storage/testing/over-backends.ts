import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bucket, Storage } from '@google-cloud/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
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

export const backends = ['memory', 'files'] as const;
type Kind = (typeof backends)[number];

/** Runs one suite over both backends: what a test says of the service must not depend on where the bytes are. */
export function overBackends(name: string, suite: (stage: Stage) => void): void {
  describe.each(backends)(`${name}, over %s`, (kind) => suite(stageForEachTest(kind)));
}

/** As `overBackends`, with one emulator for all tests of the suite, which leave one another alone. */
export function overBackendsAtOnce(name: string, suite: (stage: Stage) => void): void {
  describe.each(backends)(`${name}, over %s`, (kind) => {
    const { stage, open, close } = stageFor(kind);
    beforeAll(open);
    afterAll(close);
    suite(stage);
  });
}

export function overFiles(name: string, suite: (stage: Stage) => void): void {
  describe(name, () => suite(stageForEachTest('files')));
}

/** For tests that run at the same time, each on a stage of its own. */
export async function onStage(kind: Kind, run: (stage: Stage) => Promise<void>): Promise<void> {
  const { stage, open, close } = stageFor(kind);
  await open();
  try {
    await run(stage);
  } finally {
    await close();
  }
}

function stageForEachTest(kind: Kind): Stage {
  const { stage, open, close } = stageFor(kind);
  beforeEach(open);
  afterEach(close);
  return stage;
}

/** The stage is filled when it is opened. */
function stageFor(kind: Kind): { stage: Stage; open(): Promise<void>; close(): Promise<void> } {
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
  return {
    stage,
    open: async () => {
      stage.dataDirectory = kind === 'files' ? mkdtempSync(join(tmpdir(), 'storage-')) : undefined;
      await start();
      await stage.client.createBucket('shelf');
    },
    close: async () => {
      await stage.emulator.stop();
      if (stage.dataDirectory !== undefined) rmSync(stage.dataDirectory, { recursive: true, force: true });
    },
  };
}
