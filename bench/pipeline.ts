import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { backlog } from '../cli/backlog.ts';
import { type Child, startChild } from '../cli/child.ts';
import { applyResources } from '../cli/infra.ts';
import type { ShopLine } from '../cli/run-generate.ts';
import type { WorkerLine } from '../cli/run-worker.ts';
import { readConfiguration } from '../cli/settings.ts';
import { workerWords } from '../cli/worker-words.ts';
import { type Figures, round } from './figures.ts';
import { jsonParseMicros } from './json-parse.ts';

import { costOf } from './process-cost.ts';

interface PipelineOptions {
  readonly events: number;
  readonly sinks: string;
  /** Messages a second in the open loop; without it the shop publishes as fast as it can. */
  readonly rate?: number;
}

interface Parts {
  readonly emulators: Child;
  readonly workers: readonly Child[];
  readonly sinks: readonly ('bigquery' | 'iceberg')[];
}

/** Everything runs as in `npm start`, each part a process of its own, all on this machine's cores. */
export async function runPipeline(options: PipelineOptions): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'orderlake-bench-'));
  const { values } = readConfiguration({ sinks: options.sinks }, 'no-file.json');
  const emulators = startChild(['emulators', '--json'], {});
  try {
    Object.assign(process.env, await emulators.firstLine());
    await applyResources(values);
    const workers = workerWords(values).map(({ words }) => startChild(words, {}));
    await Promise.all(workers.map((worker) => worker.firstLine()));
    const parts = { emulators, workers, sinks: values.sinks };
    const figures = await measure(parts, options, join(directory, 'ledger.jsonl'));
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map(({ ended }) => ended));
    return figures;
  } finally {
    emulators.kill('SIGTERM');
    await emulators.ended;
    rmSync(directory, { recursive: true });
  }
}

async function measure(parts: Parts, options: PipelineOptions, ledger: string): Promise<Figures> {
  const before = costsOf(parts);
  const begun = performance.now();
  const shop = startChild(wordsOf(options, ledger), {});
  await shop.ended;
  const { published, cpuMicros } = shop.latest as ShopLine;
  while ((await backlog(parts.sinks)) > 0) await wait(20);
  const seconds = (performance.now() - begun) / 1_000;
  const after = costsOf(parts);
  const micros = {
    generator: cpuMicros / published,
    emulators: (after.emulators.cpuMicros - before.emulators.cpuMicros) / published,
    worker: (after.workers.cpuMicros - before.workers.cpuMicros) / published,
  };
  const total = micros.generator + micros.emulators + micros.worker;
  const parse = jsonParseMicros(20_000);
  // The workers tell their figures once a second; the last ones must have been told.
  await wait(1_100);
  return {
    bench: 'pipeline',
    config: { sinks: options.sinks, events: options.events, defects: 'default' },
    events: published,
    seconds: round(seconds),
    eventsPerSecond: Math.round(published / seconds),
    offeredPerSecond: options.rate ?? null,
    cpuMicrosPerEvent: rounded({ total, ...micros }),
    latencyMs: Object.assign({}, ...parts.workers.map(({ latest }) => latenciesOf(latest as WorkerLine))),
    peakRssMb: { worker: after.workers.peakRssMb, emulators: after.emulators.peakRssMb },
    jsonParseMicros: round(parse),
    ratioToJsonParse: round(total / parse),
  };
}

function costsOf({ emulators, workers }: Parts) {
  return { emulators: costOf([emulators.pid]), workers: costOf(workers.map(({ pid }) => pid)) };
}

function wordsOf({ events, rate }: PipelineOptions, ledger: string): string[] {
  const pace = rate === undefined ? [] : ['--steady', '--rate', String(rate)];
  const shop = ['generate', '--to', 'pubsub', '--json', '--streams', 'orders', '--ledger', ledger];
  return [...shop, '--orders', String(events), ...pace];
}

function latenciesOf({ lanes }: WorkerLine): Record<string, unknown> {
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
