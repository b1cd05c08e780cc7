import type { Latencies } from '../streaming/index.ts';
import { type Figures, round } from './figures.ts';
import { jsonParseMicros } from './json-parse.ts';
import { type Measured, measure } from './pipeline/measure.ts';
import {
  idiomaticWorker,
  ourWorkers,
  type Parts,
  type PipelineOptions,
  type StartWorkers,
  startEmulators,
  startLoad,
} from './pipeline/parts.ts';

const measuredBeforehand = 20_000;

/**
 * Orders through everything, by processes of their own on the same cores: the load, the emulators, a worker per sink.
 *
 * What counts begins after `config.warmupSeconds` of the same load, in which new processes compile their code: events,
 * seconds, CPU and latencies are of the time after it alone; peaks of memory are of the whole life of a process.
 *
 * - With a rate (open loop) messages are due when they are due, and the load goes on without a pause. `acknowledged` is
 *   what the worker sees, from the service's publish time until it acknowledges what is appended; what was before
 *   that, from when a message was due until the service had answered, is `published`. `queryable` is from publish time
 *   until a query's answer held the row. `backlogSeconds` says for how many seconds of the rate nothing was
 *   acknowledged yet, at the most and when the last message was published; `offeredHeld` that the load kept its times
 *   and that less than one second of it was left then.
 * - Without one (closed loop) as much is published as the service takes, once the warm-up is acknowledged to the last.
 * - With a backlog all is published before a worker starts: seconds and memory are then those of the worker.
 */
export async function runPipeline(options: PipelineOptions & { baseline?: string }): Promise<Figures> {
  const parse = jsonParseMicros(measuredBeforehand);
  const { baseline, rate, ...config } = options;
  const ours = figuresOf(await run(options, ourWorkers), options, parse);
  const figures = { bench: 'pipeline', config: { ...config, defects: 'default' }, ...ours };
  if (baseline === undefined) return figures;
  const theirs = await run({ ...options, sinks: 'bigquery' }, idiomaticWorker);
  const idiomatic = figuresOf(theirs, options, parse);
  return {
    ...figures,
    peers: { idiomatic },
    timesIdiomatic: {
      eventsPerSecond: round(ours.eventsPerSecond / idiomatic.eventsPerSecond),
      workerCpu: round(ours.cpuMicrosPerEvent.worker / idiomatic.cpuMicrosPerEvent.worker),
    },
  };
}

async function run(options: PipelineOptions, startWorkers: StartWorkers): Promise<Measured> {
  const emulators = await startEmulators(options.events);
  const parts: Parts = { ...(await startLoad(options)), emulators, workers: [] };
  try {
    return await measure(parts, options, startWorkers);
  } finally {
    for (const worker of parts.workers) worker.kill('SIGTERM');
    await Promise.all(parts.workers.map(({ ended }) => ended));
    emulators.kill('SIGTERM');
    await emulators.ended;
  }
}

function figuresOf(measured: Measured, { rate, events, backlog }: PipelineOptions, parse: number) {
  const { line, seconds, cpuMicros, peakRssMb, samples } = measured;
  const { published } = line;
  const micros = {
    generator: line.cpuMicros / published,
    emulators: cpuMicros.emulators / published,
    worker: cpuMicros.worker / published,
  };
  const total = micros.generator + micros.emulators + micros.worker;
  return {
    events: published,
    seconds: round(seconds),
    eventsPerSecond: Math.round(published / seconds),
    offeredPerSecond: rate ?? null,
    ...(rate !== undefined && heldOf(measured, events, rate)),
    cpuMicrosPerEvent: rounded({ total, ...micros }),
    ...(!backlog && { latencyMs: latenciesOf(measured) }),
    peakRssMb,
    ...(backlog && {
      workerRssMb: samples.map(({ rssMb }) => rssMb.worker).filter((megabytes) => megabytes > 0),
    }),
    jsonParseMicros: round(parse),
    ratioToJsonParse: round(total / parse),
  };
}

/** A load that is late by more than this share did not offer its rate. */
const tolerated = 0.02;

function heldOf({ line, samples, left }: Measured, events: number, rate: number) {
  const most = Math.max(left, ...samples.map(({ backlog }) => backlog));
  const inTime = line.seconds <= (events / rate) * (1 + tolerated);
  return {
    offeredHeld: inTime && left < rate,
    backlogSeconds: rounded({ most: most / rate, atEnd: left / rate }),
  };
}

function latenciesOf({ line, latencies, queryable }: Measured): Record<string, unknown> {
  const names: Readonly<Record<string, string>> = { bigquery: 'acknowledged', iceberg: 'lake' };
  return {
    published: rounded(line.publishMs),
    ...Object.fromEntries([...latencies].map(([lane, of]) => [names[lane] ?? lane, quantilesOf(of)])),
    ...(queryable && { queryable: quantilesOf(queryable) }),
  };
}

function quantilesOf(latencies: Latencies) {
  return rounded({ p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) });
}

function rounded<T extends object>(values: T): T {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
  ) as T;
}
