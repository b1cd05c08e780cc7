import { setTimeout as wait } from 'node:timers/promises';
import { say } from '../../cli/terminal.ts';
import { rssMb } from '../process-cost.ts';
import { type Parts, waiting } from './parts.ts';

export interface Sample {
  readonly seconds: number;
  readonly backlog: number;
  readonly rssMb: { readonly worker: number; readonly emulators: number };
}

/** Once a second: what waits and what is held in memory, for whoever looks on, and for the figures. */
export async function watchProgress(parts: Parts, signal: AbortSignal): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const begun = performance.now();
  while (!signal.aborted) {
    const sample = {
      seconds: Math.round((performance.now() - begun) / 1_000),
      backlog: await waiting(parts),
      rssMb: {
        worker: parts.workers.reduce((sum, { pid }) => sum + rssMb(pid), 0),
        emulators: rssMb(parts.emulators.pid),
      },
    };
    samples.push(sample);
    const { worker, emulators } = sample.rssMb;
    say(`${sample.seconds} s: ${sample.backlog} wait; worker ${worker} MB, emulators ${emulators} MB`);
    await wait(1_000, undefined, { signal }).catch(() => {});
  }
  return samples;
}
