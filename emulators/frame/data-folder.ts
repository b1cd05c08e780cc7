import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError, codeOf } from '../../runtime/errors.ts';
import { isRunning, markOf, type ProcessMark } from '../../runtime/process-stat.ts';

/** Another emulator, of this process or of another, keeps its state in the folder. */
export class DataFolderInUseError extends ConflictError {}

export interface DataFolder {
  readonly path: string;
  release(): void;
}

/**
 * Claims a folder for this process: two emulators that write one journal would spoil it. The claim of a process that
 * was killed is taken over. The process's start is compared too, because pids come back: in a container every start
 * may have the same one.
 */
export function claimDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true });
  const lock = join(path, 'emulator.lock');
  const draft = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(draft, JSON.stringify(markOf(process.pid)));
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (linked(draft, lock)) return { path, release: () => rmSync(lock, { force: true }) };
      const holder = readClaim(lock);
      if (holder !== undefined && isRunning(holder)) {
        throw new DataFolderInUseError(`The folder ${path} is in use by process ${holder.pid}`, {
          action: 'Stop that emulator or name another folder.',
        });
      }
      // Moved aside rather than deleted: if another process took the claim over meanwhile, it is that one's lock.
      const aside = `${draft}.stale`;
      if (!moved(lock, aside)) continue;
      const taken = readClaim(aside);
      if (taken !== undefined && isRunning(taken)) linked(aside, lock);
      rmSync(aside, { force: true });
    }
    throw new DataFolderInUseError(`The folder ${path} is being claimed by several processes at once`, {
      action: 'Start one emulator in it, and name another folder for each other.',
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Hard links appear whole and fail where the name is taken: no reader sees half a claim. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function readClaim(lock: string): ProcessMark | undefined {
  try {
    const value = JSON.parse(readFileSync(lock, 'utf8')) as Partial<ProcessMark>;
    return typeof value.pid === 'number' ? { pid: value.pid, startedAt: value.startedAt ?? '' } : undefined;
  } catch {
    return undefined;
  }
}
