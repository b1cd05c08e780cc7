import { readFileSync } from 'node:fs';
import { processStat } from '../runtime/index.ts';

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
  const stat = pid === undefined ? undefined : processStat(pid);
  return {
    cpuMicros: (stat?.cpuTicks ?? Number.NaN) * microsPerTick,
    peakRssMb: peakRssMb(pid),
  };
}

/** What it holds in memory now. NaN where there is no /proc. */
export const rssMb = (pid: number | undefined): number => statusMb(pid, 'VmRSS');

const peakRssMb = (pid: number | undefined): number => statusMb(pid, 'VmHWM');

function statusMb(pid: number | undefined, field: string): number {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.round(Number(line?.[1]) / 1024);
  } catch {
    return Number.NaN;
  }
}
