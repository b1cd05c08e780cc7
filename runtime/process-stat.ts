import { readFileSync } from 'node:fs';
import { codeOf } from './errors.ts';

/** What the kernel says of a process. */
export interface ProcessStat {
  /** It has ended, and its parent has not heard of it yet. */
  readonly isZombie: boolean;
  /** User and system time, in ticks of the kernel. */
  readonly cpuTicks: number;
  /** When it began, in ticks since the machine's start. Pids come back: only both together name one process. */
  readonly startedAt: string;
}

/** Undefined where there is no such process, or no `/proc`. */
export function processStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field, the name, may hold spaces; it ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    // Of one whose first thread alone has ended, the others may still write.
    isZombie: fields[0] === 'Z' && Number(fields[17]) <= 1,
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startedAt: fields[19] ?? '',
  };
}

/** One process among all that ever had its pid. */
export interface ProcessMark {
  readonly pid: number;
  /** Empty where the system does not tell: then the pid must do. */
  readonly startedAt: string;
}

export function markOf(pid: number): ProcessMark {
  return { pid, startedAt: processStat(pid)?.startedAt ?? '' };
}

/** A killed process keeps its pid until its parent hears of it, which may be never: it runs no more all the same. */
export function isRunning({ pid, startedAt }: ProcessMark): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but for another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const stat = processStat(pid);
  return !stat?.isZombie && (stat?.startedAt ?? '') === startedAt;
}
