import { Latencies } from '../../streaming/index.ts';
import type { LoadLine } from './load.ts';
import {
  costsOf,
  type Lanes,
  nextLanes,
  nextLine,
  type Parts,
  type PipelineOptions,
  type StartWorkers,
  untilDrained,
  waiting,
} from './parts.ts';
import { type Sample, watchProgress } from './progress.ts';
import { watchQueryable } from './queryable.ts';

export interface Measured {
  readonly line: LoadLine;
  readonly seconds: number;
  readonly cpuMicros: { readonly emulators: number; readonly worker: number };
  readonly peakRssMb: { readonly worker: number; readonly emulators: number };
  /** Of each lane, without those of the warm-up. */
  readonly latencies: ReadonlyMap<string, Latencies>;
  readonly queryable: Latencies | undefined;
  readonly samples: readonly Sample[];
  /** What was not acknowledged when the load had published its last. */
  readonly left: number;
}

export async function measure(
  parts: Parts,
  options: PipelineOptions,
  start: StartWorkers,
): Promise<Measured> {
  const { values, workers } = parts;
  const isOpenLoop = options.rate !== undefined;
  const over = new AbortController();
  // From the beginning: its queries and their reader are warm too when they count.
  const queryable = isOpenLoop ? watchQueryable(values.project, over.signal) : undefined;
  if (!options.backlog) await startWorkers(parts, start);
  await warmUp(parts, isOpenLoop);
  // An open loop does not wait for it: what came before their next line, in less than a second, does not count.
  const lanesBefore = nextLanes(workers);
  if (!isOpenLoop) await lanesBefore;
  queryable?.count();
  const progress = watchProgress(parts, over.signal);
  const before = costsOf(parts);
  let begun = performance.now();
  const line = await published(parts, isOpenLoop);
  const left = await waiting(parts);
  if (options.backlog) {
    begun = performance.now();
    await startWorkers(parts, start);
  }
  await untilDrained(parts);
  const seconds = (performance.now() - begun) / 1_000;
  const after = costsOf(parts);
  over.abort();
  return {
    line,
    seconds,
    cpuMicros: {
      emulators: after.emulators.cpuMicros - before.emulators.cpuMicros,
      worker: after.workers.cpuMicros - before.workers.cpuMicros,
    },
    peakRssMb: { worker: after.workers.peakRssMb, emulators: after.emulators.peakRssMb },
    queryable: await queryable?.latencies,
    samples: await progress,
    left,
    latencies: latenciesBetween(await lanesBefore, await nextLanes(workers)),
  };
}

async function startWorkers({ values, workers }: Parts, start: StartWorkers): Promise<void> {
  workers.push(...start(values));
  await Promise.all(workers.map((worker) => worker.firstLine()));
}

/** In an open loop the load is further on already when this ends; else nothing is left of it. */
async function warmUp(parts: Parts, isOpenLoop: boolean): Promise<void> {
  parts.load.kill('SIGUSR2');
  await nextLine<object>(parts.load, (line) => 'warmedUp' in line || 'published' in line);
  if (!isOpenLoop) await untilDrained(parts);
}

async function published({ load }: Parts, isOpenLoop: boolean): Promise<LoadLine> {
  if (!isOpenLoop) load.kill('SIGUSR2');
  const { code } = await load.ended;
  if (code !== 0) throw new Error(`the load ended with exit code ${code}`);
  return load.latest as LoadLine;
}

function latenciesBetween(before: Lanes, after: Lanes): ReadonlyMap<string, Latencies> {
  const earlier = new Map(before.map(({ lane, latencyCounts }) => [lane, latencyCounts]));
  return new Map(
    after.map(({ lane, latencyCounts }) => [lane, Latencies.between(earlier.get(lane) ?? [], latencyCounts)]),
  );
}
