import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import {
  ConflictError,
  DefectError,
  isRunning,
  markOf,
  type ProcessMark,
  SetupError,
} from '../runtime/index.ts';
import { mainFile } from './child.ts';

const recordName = 'emulators.json';
const logName = 'emulators.log';
const conflictCode = 5;

type Environment = Readonly<Record<string, string>>;

interface Detached extends ProcessMark {
  readonly environment: Environment;
}

/** Starts `orderlake emulators` as a process that outlives this one; what it says goes to a log beside the record. */
export async function startDetached(words: readonly string[], directory: string): Promise<Environment> {
  const running = readDetached(directory);
  if (running !== undefined) {
    throw new ConflictError('Emulators are running in the background already', {
      got: `process ${running.pid}`,
      action: 'Run `orderlake emulators --stop` first',
    });
  }
  mkdirSync(directory, { recursive: true });
  const log = openSync(join(directory, logName), 'w');
  const child = spawn(process.execPath, [mainFile, 'emulators', '--json', ...words], {
    stdio: ['ignore', 'pipe', log],
    detached: true,
  });
  closeSync(log);
  const { stdout } = child;
  if (stdout === null) throw new DefectError('A child without standard output');
  const lines = createInterface({ input: stdout });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined))),
  ]);
  if (line === undefined || child.pid === undefined) {
    const said = readFileSync(join(directory, logName), 'utf8')
      .trim()
      .replace(/^error /, '');
    // The log tells of every emulator; the exit code, whether it is another process that has the folder.
    const Refusal = child.exitCode === conflictCode ? ConflictError : SetupError;
    throw new Refusal('The emulators did not start', { got: said || `exit code ${child.exitCode}` });
  }
  const environment = JSON.parse(line) as Environment;
  const record: Detached = { ...markOf(child.pid), environment };
  writeFileSync(join(directory, recordName), JSON.stringify(record));
  lines.close();
  stdout.destroy();
  child.unref();
  return environment;
}

const longestStopMs = 10_000;

/** Ends them as Ctrl-C would, and waits until they are gone. False: there were none. */
export async function stopDetached(directory: string): Promise<boolean> {
  const running = readDetached(directory);
  rmSync(join(directory, recordName), { force: true });
  if (running === undefined) return false;
  process.kill(running.pid, 'SIGTERM');
  for (let waited = 0; isRunning(running); waited += 20) {
    if (waited > longestStopMs) process.kill(running.pid, 'SIGKILL');
    await wait(20);
  }
  return true;
}

function readDetached(directory: string): Detached | undefined {
  try {
    const record = JSON.parse(readFileSync(join(directory, recordName), 'utf8')) as Detached;
    return isRunning(record) ? record : undefined;
  } catch {
    // No record, or one that was cut short: there is nothing that could be stopped.
    return undefined;
  }
}
