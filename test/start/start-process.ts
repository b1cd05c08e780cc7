import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFailed } from 'vitest';

const launcher = resolve('cli/launch.mjs');

export interface Started {
  readonly child: ChildProcess;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when it has said this on standard error; rejects when it ended before. */
  said(words: RegExp): Promise<RegExpExecArray>;
  out(): string;
  err(): string;
}

/** `npm start -- …` as package.json spells it, in a folder of its own that outlives each of its starts. */
export function startFolder() {
  const directory = mkdtempSync(join(tmpdir(), 'orderlake-start-'));
  const started: ChildProcess[] = [];
  return {
    start(...words: string[]): Started {
      const child = spawn(process.execPath, [launcher, 'cli/main.ts', 'start', ...words], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      started.push(child);
      return watched(child);
    },
    remove(): void {
      for (const child of started) child.kill('SIGKILL');
      // The parts of a start that was killed may still be writing for some seconds.
      rmSync(directory, { recursive: true, maxRetries: 40, retryDelay: 250 });
    },
  };
}

function watched(child: ChildProcess): Started {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  // Where one waits for it in vain, what it said is all that tells why.
  onTestFailed(() => console.log(`the start ${child.pid} said:\n${err}`));
  return {
    child,
    ended: new Promise((done) => child.once('close', done)),
    async said(words) {
      for (;;) {
        const found = words.exec(err);
        if (found) return found;
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`it ended without having said ${words}`);
        await wait(20);
      }
    },
    out: () => out,
    err: () => err,
  };
}

export function childrenOf(pid: number): number[] {
  const { stdout: printed } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

export function wordsOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
