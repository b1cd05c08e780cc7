import { readFileSync } from 'node:fs';

/** What processes have cost since they started, as the kernel counts it. NaN where there is no /proc. */
export interface ProcessCost {
  readonly cpuMicros: number;
  readonly peakRssMb: number;
}

/** The kernel's clock ticks 100 times a second on every Linux we run on. */
const microsPerTick = 10_000;

/** Several processes as one: their sum. */
export function costOf(pids: readonly (number | undefined)[]): ProcessCost {
  const costs = pids.map(costOfOne);
  return {
    cpuMicros: costs.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0),
    peakRssMb: costs.reduce((sum, { peakRssMb }) => sum + peakRssMb, 0),
  };
}

function costOfOne(pid: number | undefined): ProcessCost {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold spaces; it ends with the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpuMicros: ticks * microsPerTick, peakRssMb: Math.round(Number(peak?.[1]) / 1024) };
  } catch {
    return { cpuMicros: Number.NaN, peakRssMb: Number.NaN };
  }
}
