import { readFileSync } from 'node:fs';

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
    isZombie: fields[0] === 'Z',
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startedAt: fields[19] ?? '',
  };
}
