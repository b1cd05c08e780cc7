import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { DefectError } from '../runtime/index.ts';
import { laterVariable, lifelineVariable } from './interrupt.ts';

/** What `orderlake` runs. */
export const mainFile = join(import.meta.dirname, 'main.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type Environment = Readonly<Record<string, string>>;

/** Another `orderlake …` of ours that speaks JSON lines on its standard output. */
export interface Child {
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
  /** The newest line, parsed. */
  readonly latest: unknown;
  /** Resolves with the first line, rejects when the process ends without one. */
  firstLine(): Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts it in a process group of its own: Ctrl-C in the terminal reaches the parent alone, which then ends its
 * children in order. A parent that dies closes their lifeline, and they end by themselves. What it says on standard
 * error goes to the parent's, or to `heard`, line by line. Where the environment is only promised, the child loads
 * what it needs and begins when it is told.
 */
export function startChild(
  words: readonly string[],
  environment: Environment | Promise<Environment>,
  file = mainFile,
  heard?: (line: string) => void,
): Child {
  const own = environment instanceof Promise ? { [laterVariable]: '1' } : environment;
  const child = spawn(process.execPath, [file, ...words], {
    env: { ...process.env, ...own, [lifelineVariable]: '1' },
    stdio: ['ignore', 'pipe', heard ? 'pipe' : 'inherit', 'pipe'],
    detached: process.platform !== 'win32',
  });
  if (environment instanceof Promise) void tellLater(child.stdio[3], environment);
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const first = Promise.withResolvers<unknown>();
  let latest: unknown;
  linesOf(child.stdout).on('line', (line) => {
    latest = JSON.parse(line);
    first.resolve(latest);
  });
  if (heard) linesOf(child.stderr).on('line', heard);
  return {
    pid: child.pid,
    ended,
    get latest() {
      return latest;
    },
    firstLine: () =>
      Promise.race([
        first.promise,
        ended.then(({ code, signal }) => {
          throw new Error(
            `orderlake ${words[0]} ended (${signal ?? `exit code ${code}`}) before it was ready`,
          );
        }),
      ]),
    kill: (signal) => void child.kill(signal),
  };
}

/** Where it never becomes known nothing is told: whoever waits for it ends the child. */
async function tellLater(lifeline: unknown, environment: Promise<Environment>): Promise<void> {
  const variables = await environment.catch(() => undefined);
  if (variables === undefined || !(lifeline instanceof Writable)) return;
  // A child that has ended says so by its exit code.
  lifeline.on('error', () => {});
  lifeline.write(`${JSON.stringify(variables)}\n`);
}

function linesOf(output: Readable | null) {
  if (output === null) throw new DefectError('a child without the output that was asked for');
  return createInterface({ input: output });
}
