import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { backlog } from '../cli/backlog.ts';
import { type Child, startChild } from '../cli/child.ts';
import { applyResources } from '../cli/infra.ts';
import type { WorkerLine } from '../cli/run-worker.ts';
import { type Configuration, readConfiguration } from '../cli/settings.ts';
import { workerWords } from '../cli/worker-words.ts';
import { type Figures, round } from './figures.ts';
import { jsonParseMicros } from './json-parse.ts';
import { watchQueryable } from './pipeline/queryable.ts';
import { costOf } from './process-cost.ts';

interface PipelineOptions {
  readonly events: number;
  readonly sinks: string;
  readonly source: string;
  /** Messages a second in the open loop; without it the load is published as fast as it is taken. */
  readonly rate?: number;
  /** The textbook's program as well, in the same run. */
  readonly baseline?: string;
}

interface Parts {
  readonly values: Configuration;
  readonly emulators: Child;
  readonly load: Child;
  readonly workers: readonly Child[];
}

/** What the load says when it has published everything. */
interface LoadLine {
  readonly published: number;
  readonly cpuMicros: number;
}

const fileOf = (name: string) => join(import.meta.dirname, 'pipeline', name);
const measuredBeforehand = 20_000;

/** Everything runs as in `npm start`, each part a process of its own, all on this machine's cores. */
export async function runPipeline(options: PipelineOptions): Promise<Figures> {
  const parse = jsonParseMicros(measuredBeforehand);
  const ours = await run(options, parse, (values) =>
    workerWords(values).map(({ words }) => startChild(words, {})),
  );
  const config = { sinks: options.sinks, source: options.source, events: options.events, defects: 'default' };
  const figures = { bench: 'pipeline', config, ...ours };
  if (options.baseline === undefined) return figures;
  const idiomatic = await run({ ...options, sinks: 'bigquery' }, parse, ({ project }) => [
    startChild([project], {}, fileOf('idiomatic-worker.ts')),
  ]);
  return {
    ...figures,
    peers: { idiomatic },
    timesIdiomatic: {
      eventsPerSecond: round(Number(ours.eventsPerSecond) / Number(idiomatic.eventsPerSecond)),
      workerCpu: round(ours.cpuMicrosPerEvent.worker / idiomatic.cpuMicrosPerEvent.worker),
    },
  };
}

async function run(
  options: PipelineOptions,
  parse: number,
  startWorkers: (values: Configuration) => readonly Child[],
) {
  const { sinks, source, events, rate } = options;
  const { values } = readConfiguration({ sinks, source }, 'no-file.json');
  const emulators = startChild(['emulators', '--json'], {});
  try {
    Object.assign(process.env, await emulators.firstLine());
    await applyResources(values);
    const words = [values.project, String(events), ...(rate === undefined ? [] : [String(rate)])];
    const load = startChild(words, {}, fileOf('load.ts'));
    await load.firstLine();
    const workers = startWorkers(values);
    await Promise.all(workers.map((worker) => worker.firstLine()));
    const figures = await measure({ values, emulators, load, workers }, options, parse);
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map(({ ended }) => ended));
    return figures;
  } finally {
    emulators.kill('SIGTERM');
    await emulators.ended;
  }
}

async function measure(parts: Parts, { rate }: PipelineOptions, parse: number) {
  const { values, load, workers } = parts;
  const before = costsOf(parts);
  const begun = performance.now();
  const enough = new AbortController();
  const queryable = rate === undefined ? undefined : watchQueryable(values.project, enough.signal);
  load.kill('SIGUSR2');
  const { code } = await load.ended;
  if (code !== 0) throw new Error(`the load ended with exit code ${code}`);
  const { published, cpuMicros } = load.latest as LoadLine;
  while ((await backlog(values.sinks)) > 0) await wait(20);
  const seconds = (performance.now() - begun) / 1_000;
  const after = costsOf(parts);
  // The workers tell their figures once a second; the last ones must have been told.
  await wait(1_100);
  enough.abort();
  const seen = await queryable;
  const micros = {
    generator: cpuMicros / published,
    emulators: (after.emulators.cpuMicros - before.emulators.cpuMicros) / published,
    worker: (after.workers.cpuMicros - before.workers.cpuMicros) / published,
  };
  const total = micros.generator + micros.emulators + micros.worker;
  const lanes = workers.flatMap(({ latest }) => (latest as Partial<WorkerLine>).lanes ?? []);
  return {
    events: published,
    seconds: round(seconds),
    eventsPerSecond: Math.round(published / seconds),
    offeredPerSecond: rate ?? null,
    cpuMicrosPerEvent: rounded({ total, ...micros }),
    latencyMs: {
      ...latenciesOf(lanes),
      ...(seen && { queryable: rounded({ p50: seen.quantile(0.5), p99: seen.quantile(0.99) }) }),
    },
    peakRssMb: { worker: after.workers.peakRssMb, emulators: after.emulators.peakRssMb },
    jsonParseMicros: round(parse),
    ratioToJsonParse: round(total / parse),
  };
}

function costsOf({ emulators, workers }: Parts) {
  return { emulators: costOf([emulators.pid]), workers: costOf(workers.map(({ pid }) => pid)) };
}

function latenciesOf(lanes: WorkerLine['lanes']): Record<string, unknown> {
  const named = { bigquery: 'acknowledged', iceberg: 'lake' } as Readonly<Record<string, string>>;
  return Object.fromEntries(
    lanes.map(({ lane, latencyMsOverall }) => [named[lane] ?? lane, rounded(latencyMsOverall)]),
  );
}

function rounded<T extends object>(values: T): T {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
  ) as T;
}
