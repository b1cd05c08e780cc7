import { readFileSync } from 'node:fs';

/** What a process has cost since it started, as the kernel counts it. Null where there is no /proc. */
export interface ProcessCost {
  readonly cpuMicros: number;
  readonly peakRssMb: number;
}

/** The kernel's clock ticks 100 times a second on every Linux we run on. */
const microsPerTick = 10_000;

export function costOf(pid: number | undefined): ProcessCost | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold spaces; it ends with the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpuMicros: ticks * microsPerTick, peakRssMb: Math.round(Number(peak?.[1]) / 1024) };
  } catch {
    return null;
  }
}
