import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { claimDataFolder, DataFolderInUseError } from '../../emulators/frame/index.ts';
import { ConflictError, InputError } from '../../runtime/index.ts';

/** What a run cannot change while it goes on: with other values the ledger would tell of another shop. */
export interface RunArguments {
  readonly seed: number;
  readonly orders: number | null;
  readonly sinks: readonly string[];
  readonly clickShare: number;
}

/** The folder of a local run. What is kept in it lets the next start go on, however this one ends. */
export interface RunFolder {
  readonly ledger: string;
  readonly emulators: string;
  /** A run before left something to go on from. */
  readonly goesOn: boolean;
  release(): void;
}

const kept = ['emulators', 'ledger.jsonl', 'ledger.jsonl.arrived', 'run.json'];
/** The parts of a start that was killed notice it and end by themselves, in about five seconds. */
const patienceMillis = 15_000;

export async function openRunFolder(path: string, run: RunArguments, fresh: boolean): Promise<RunFolder> {
  mkdirSync(path, { recursive: true });
  const { release } = claimed(path);
  try {
    const emulators = join(path, 'emulators');
    await untilFree(emulators);
    if (fresh) for (const name of kept) rmSync(join(path, name), { recursive: true, force: true });
    const file = join(path, 'run.json');
    const before = readRun(file);
    if (before === undefined) writeFileSync(file, JSON.stringify(run));
    else checkSame(path, before, run);
    return { ledger: join(path, 'ledger.jsonl'), emulators, goesOn: before !== undefined, release };
  } catch (error) {
    release();
    throw error;
  }
}

function claimed(path: string): { release(): void } {
  try {
    return claimDataFolder(path);
  } catch (error) {
    if (!(error instanceof DataFolderInUseError)) throw error;
    throw new ConflictError('another start is running in this folder', {
      got: error.message,
      action: 'End it, or choose another --data-directory',
      cause: error,
    });
  }
}

async function untilFree(emulators: string): Promise<void> {
  const deadline = Date.now() + patienceMillis;
  for (const name of ['pubsub', 'storage', 'bigquery']) {
    while (isTaken(join(emulators, name), deadline)) await wait(100);
  }
}

function isTaken(path: string, deadline: number): boolean {
  try {
    claimed(path).release();
    return false;
  } catch (error) {
    if (!(error instanceof ConflictError) || Date.now() > deadline) throw error;
    return true;
  }
}

function readRun(file: string): RunArguments | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunArguments;
  } catch {
    // No file, or one that was cut short while it was first written: nothing had begun.
    return undefined;
  }
}

function checkSame(path: string, before: RunArguments, now: RunArguments): void {
  if (wordsOf(before) === wordsOf(now)) return;
  throw new InputError(`${path} holds a run that was started with other flags`, {
    expected: wordsOf(before),
    got: wordsOf(now),
    action: 'Use the same flags to go on, or --fresh to clear it and start anew',
  });
}

function wordsOf({ seed, orders, sinks, clickShare }: RunArguments): string {
  const words = [`--seed ${seed}`, `--sinks ${sinks.join(',')}`, `--click-share ${clickShare}`];
  return (orders === null ? words : [...words, `--orders ${orders}`]).join(' ');
}
