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
import type { Figures } from './figures.ts';
import { jsonParseMicros } from './json-parse.ts';

import { costOf, type ProcessCost } from './process-cost.ts';

interface PipelineOptions {
  readonly events: number;
  readonly sinks: string;
  /** Messages a second in the open loop; without it the shop publishes as fast as it can. */
  readonly rate?: number;
}

interface Parts {
  readonly emulators: Child;
  readonly worker: Child;
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
    const worker = startChild(['worker', '--json', '--sinks', options.sinks], {});
    await worker.firstLine();
    const figures = await measure(
      { emulators, worker, sinks: values.sinks },
      options,
      join(directory, 'ledger.jsonl'),
    );
    worker.kill('SIGTERM');
    await worker.ended;
    return figures;
  } finally {
    emulators.kill('SIGTERM');
    await emulators.ended;
    rmSync(directory, { recursive: true });
  }
}

async function measure(parts: Parts, options: PipelineOptions, ledger: string): Promise<Figures> {
  const before = { emulators: costOf(parts.emulators.pid), worker: costOf(parts.worker.pid) };
  const begun = performance.now();
  const shop = startChild(wordsOf(options, ledger), {});
  await shop.ended;
  const published = (shop.latest as ShopLine).published;
  await untilWritten(parts);
  const seconds = (performance.now() - begun) / 1_000;
  const after = { emulators: costOf(parts.emulators.pid), worker: costOf(parts.worker.pid) };
  const micros = {
    generator: (shop.latest as ShopLine).cpuMicros / published,
    emulators: spent(before.emulators, after.emulators, published),
    worker: spent(before.worker, after.worker, published),
  };
  const total = micros.generator + micros.emulators + micros.worker;
  const parse = jsonParseMicros(20_000);
  return {
    bench: 'pipeline',
    config: { sinks: options.sinks, events: options.events, defects: 'default' },
    events: published,
    seconds: round(seconds),
    eventsPerSecond: Math.round(published / seconds),
    offeredPerSecond: options.rate ?? null,
    cpuMicrosPerEvent: rounded({ total, ...micros }),
    latencyMs: latenciesOf(parts.worker.latest as WorkerLine),
    peakRssMb: { worker: after.worker?.peakRssMb, emulators: after.emulators?.peakRssMb },
    jsonParseMicros: round(parse),
    ratioToJsonParse: round(total / parse),
  };
}

function wordsOf({ events, rate }: PipelineOptions, ledger: string): string[] {
  const pace = rate === undefined ? [] : ['--steady', '--rate', String(rate)];
  return ['generate', '--to', 'pubsub', '--json', '--ledger', ledger, '--orders', String(events), ...pace];
}

async function untilWritten({ worker, sinks }: Parts): Promise<void> {
  while ((await backlog(sinks)) > 0) await wait(20);
  // The figures of the last second must have been told too.
  while ((worker.latest as WorkerLine).unsettled > 0) await wait(20);
}

function spent(before: ProcessCost | null, after: ProcessCost | null, events: number): number {
  return before && after ? (after.cpuMicros - before.cpuMicros) / events : Number.NaN;
}

function latenciesOf({ lanes }: WorkerLine): Record<string, unknown> {
  const named = { bigquery: 'acknowledged', iceberg: 'lake' } as Readonly<Record<string, string>>;
  return Object.fromEntries(
    lanes.map(({ lane, latencyMsOverall }) => [named[lane] ?? lane, rounded(latencyMsOverall)]),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function rounded<T extends object>(values: T): T {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
  ) as T;
}
