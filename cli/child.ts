import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lifelineVariable } from './interrupt.ts';

/** What `orderlake` runs. */
export const mainFile = join(import.meta.dirname, 'main.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

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
 * children in order. A parent that dies closes their lifeline, and they end by themselves.
 */
export function startChild(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  file = mainFile,
): Child {
  const child = spawn(process.execPath, [file, ...words], {
    env: { ...process.env, ...environment, [lifelineVariable]: '1' },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const first = Promise.withResolvers<unknown>();
  let latest: unknown;
  linesOf(child).on('line', (line) => {
    latest = JSON.parse(line);
    first.resolve(latest);
  });
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

function linesOf(child: ChildProcess) {
  if (!child.stdout) throw new Error('a child without standard output');
  return createInterface({ input: child.stdout });
}
