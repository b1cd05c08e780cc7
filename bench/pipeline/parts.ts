import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { backlog } from '../../cli/backlog.ts';
import { type Child, startChild } from '../../cli/child.ts';
import { applyResources } from '../../cli/infra.ts';
import type { WorkerLine } from '../../cli/run-worker.ts';
import { type Configuration, readConfiguration } from '../../cli/settings.ts';
import { workerWords } from '../../cli/worker-words.ts';
import { costOf } from '../process-cost.ts';

export interface PipelineOptions {
  readonly events: number;
  readonly sinks: string;
  readonly source: string;
  /** Messages a second in the open loop; without it the load is published as fast as it is taken. */
  readonly rate?: number;
  /** Published before anything counts. */
  readonly warmupSeconds: number;
  /** Everything is published before a worker starts. */
  readonly backlog: boolean;
}

/** Everything runs as in `npm start`, each part a process of its own, all on this machine's cores. */
export interface Parts {
  readonly values: Configuration;
  readonly emulators: Child;
  readonly load: Child;
  /** Filled when they start, which is after everything was published where a backlog is measured. */
  readonly workers: Child[];
}

export type Lanes = WorkerLine['lanes'];
export type StartWorkers = (values: Configuration) => readonly Child[];

const partFile = (name: string) => join(import.meta.dirname, name);
const roughMessageBytes = 2_500;
const oneGigabyte = 2 ** 30;

export async function startEmulators(events: number): Promise<Child> {
  const megabytes = Math.ceil((oneGigabyte + events * roughMessageBytes) / 2 ** 20);
  const emulators = startChild(['emulators', '--json', '--backlog', String(megabytes)], {});
  Object.assign(process.env, await emulators.firstLine());
  return emulators;
}

/** The topics and tables are there, and the load holds its messages. */
export async function startLoad(options: PipelineOptions): Promise<Pick<Parts, 'values' | 'load'>> {
  const { sinks, source, events, rate, warmupSeconds } = options;
  const { values } = readConfiguration({ sinks, source }, 'no-file.json');
  await applyResources(values);
  const words = [values.project, String(events), String(warmupSeconds)];
  const load = startChild(rate === undefined ? words : [...words, String(rate)], {}, partFile('load.ts'));
  await load.firstLine();
  return { values, load };
}

export const ourWorkers: StartWorkers = (values) =>
  workerWords(values).map(({ words }) => startChild(words, {}));

export const idiomaticWorker: StartWorkers = ({ project }) => [
  startChild([project], {}, partFile('idiomatic-worker.ts')),
];

export function costsOf({ emulators, workers }: Pick<Parts, 'emulators' | 'workers'>) {
  return { emulators: costOf([emulators.pid]), workers: costOf(workers.map(({ pid }) => pid)) };
}

/** Of BigQuery's subscription where there is one: what the lake's holds waits for its next commit, at any rate. */
export function waiting({ values: { sinks } }: Pick<Parts, 'values'>): Promise<number> {
  return backlog(sinks.includes('bigquery') ? ['bigquery'] : sinks);
}

export async function untilDrained({ values }: Pick<Parts, 'values'>): Promise<void> {
  while ((await backlog(values.sinks)) > 0) await wait(20);
}

/** The first line that it says from now on and that `isWanted`. */
export async function nextLine<T>(child: Child, isWanted: (line: T) => boolean = () => true): Promise<T> {
  const ended = { is: false };
  void child.ended.then(() => (ended.is = true));
  const before = child.latest;
  while (child.latest === before || !isWanted(child.latest as T)) {
    if (ended.is) throw new Error('a part of the bench ended before it was done');
    await wait(2);
  }
  return child.latest as T;
}

/** Of those that tell their figures, which the textbook's does not. */
export async function nextLanes(workers: readonly Child[]): Promise<Lanes> {
  const tell = workers.filter(({ latest }) => 'lanes' in (latest as object));
  return (await Promise.all(tell.map((worker) => nextLine<WorkerLine>(worker)))).flatMap(
    ({ lanes }) => lanes,
  );
}
