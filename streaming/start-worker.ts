import type { BigQuery } from '@google-cloud/bigquery';
import type { v1 } from '@google-cloud/bigquery-storage';
import type { PubSub } from '@google-cloud/pubsub';
import type { Storage } from '@google-cloud/storage';
import type { Received, Rules, Table } from '../contracts/index.ts';
import type { LakeTable } from '../lake/index.ts';
import type { Backoff, Clock, Logger } from '../runtime/index.ts';
import type { BatchBounds } from './batch.ts';
import type { WriterOptions } from './batched-writer.ts';
import { Lane } from './lane.ts';
import { type LaneMeter, laneMeter } from './meter.ts';
import type { Sink } from './sink.ts';
import { type BigQueryPlace, bigquerySink } from './sinks/bigquery.ts';
import { deadLetterSink } from './sinks/dead-letters.ts';
import { type IcebergWriter, icebergSink, type LakeTableName } from './sinks/iceberg.ts';
import { ContractColumns } from './sinks/table-columns.ts';
import type { Source } from './source.ts';
import { messageFiles } from './sources/files/files.ts';
import { FileSource } from './sources/files/source.ts';
import { type PubSubSourceOptions, pubsubSource } from './sources/pubsub.ts';
import { RawSource } from './sources/raw/source.ts';
import type { SubscriberClient } from './sources/raw/wire.ts';
import type { ReopeningTools } from './sources/reopening.ts';
import { inSequence, type Judged } from './step.ts';
import { createDecodeStep } from './steps/decode.ts';
import { createEncodeStep } from './steps/encode.ts';
import { createRouteStep } from './steps/route.ts';
import { Worker, type WorkerLane } from './worker.ts';

export type SinkName = 'bigquery' | 'iceberg';
/** The library's subscriber, or a streaming pull of our own. */
export type SourceKind = 'client' | 'raw';

export interface WorkerOptions {
  /** Of the program, as the history keeps it with every event. */
  readonly version: string;
  readonly project: string;
  readonly dataset: string;
  readonly deadLetterTopic: string;
  /** One subscription per sink; a sink without one is not run here. */
  readonly subscriptions: Readonly<Partial<Record<SinkName, string>>>;
  /** The sink whose lane reports what the contract calls dead; there is one, in whichever process it runs. */
  readonly primary: SinkName;
  readonly rules: Rules;
  readonly batches: Readonly<Record<SinkName, BatchBounds>>;
  readonly icebergWriter: IcebergWriter;
  readonly source: SourceKind;
  /** A file, or gs://bucket/prefix: messages are read from there instead, and the worker ends when all are read. */
  readonly from?: string;
}

export interface WorkerTools {
  readonly pubsub: PubSub;
  readonly subscriber: () => Promise<SubscriberClient>;
  readonly writer: v1.BigQueryWriteClient;
  readonly storage: () => Promise<Storage>;
  /** Asked for only where a table lacks a column of the contract. */
  readonly bigquery: () => Promise<BigQuery>;
  readonly lakeTables: () => Promise<Readonly<Record<LakeTableName, LakeTable>>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Stands between a lane and its sinks, the dead letters too: for tests that break one of them on purpose. */
  readonly aroundSink?: <T>(sink: Sink<T>) => Sink<T>;
}

/** What every sink's items have in common. */
interface Identified {
  readonly eventId: string;
}

/**
 * What may be out at once per lane. What waits is what the garbage collector copies, and what waits longer than two of
 * its rounds grows old: 1,000 hold 15,000 a second at 66 ms from pull to ack. Iceberg holds messages until its next commit, so it needs more room.
 */
const flow = {
  bigquery: { maxMessages: 1_000, maxBytes: 16 << 20 },
  iceberg: { maxMessages: 20_000, maxBytes: 96 << 20 },
} as const;

const transient: Backoff = { firstMillis: 100, longestMillis: 10_000, attempts: 8 };
const setup: Backoff = { firstMillis: 2_000, longestMillis: 60_000, attempts: Number.POSITIVE_INFINITY };
const deadLetterBounds: BatchBounds = { items: 200, bytes: 1 << 20, millis: 50 };

/** Builds the lanes and opens them. */
export async function startWorker(options: WorkerOptions, tools: WorkerTools): Promise<Worker> {
  const { clock, random } = tools;
  const writing = (bounds: BatchBounds, concurrency: number): WriterOptions => ({
    bounds,
    concurrency,
    transient,
    setup,
    clock,
    random,
  });
  const around = tools.aroundSink ?? ((sink) => sink);
  const place = { project: options.project, dataset: options.dataset };
  const columnsOf = (table: Table) => columnsKept(table, place, tools);
  const deadLetters = around(
    await deadLetterSink(tools, { ...place, topic: options.deadLetterTopic }, columnsOf),
  );
  const decodeMessage = createDecodeStep(options.rules);
  const crash = Promise.withResolvers<never>();
  const meters: LaneMeter[] = [];
  let unfinished = Object.keys(options.subscriptions).length;
  const oneFinished = () => {
    unfinished--;
    if (unfinished === 0) worker.stop();
  };
  const laneOf = async <T extends Identified>(
    name: SinkName,
    subscription: string,
    judge: (input: Received, message: Received) => Judged<T>,
    sink: Sink<T>,
  ) => {
    const meter = laneMeter(name, clock);
    meters.push(meter);
    const flowing = { subscription, ...flow[name], ackBatchMillis: 10, closeSeconds: 8 };
    return new Lane<T>({
      name,
      source: await sourceOf(options, tools, flowing),
      judge,
      eventIdOf: ({ eventId }) => eventId,
      sink: around(sink),
      writing: writing(options.batches[name], name === 'bigquery' ? 4 : 1),
      deadLetters,
      deadLetterWriting: writing(deadLetterBounds, 1),
      primary: name === options.primary,
      meter,
      log: tools.log.child({ lane: name }),
      crashed: (error) => crash.reject(error),
      finished: () => oneFinished(),
    });
  };
  const { bigquery, iceberg } = options.subscriptions;
  const lanes: WorkerLane[] = [];
  if (bigquery) {
    const sink = await bigquerySink(tools.writer, place, columnsOf);
    lanes.push(
      await laneOf('bigquery', bigquery, inSequence(decodeMessage, createEncodeStep(options.version)), sink),
    );
  }
  if (iceberg) {
    const sink = await icebergSink(await tools.lakeTables(), options.icebergWriter);
    lanes.push(
      await laneOf('iceberg', iceberg, inSequence(decodeMessage, createRouteStep(options.version)), sink),
    );
  }
  const worker = new Worker({
    lanes,
    figures: () => meters.map((meter) => meter.figures()),
    turnWindow: () => {
      for (const meter of meters) meter.turnWindow();
    },
    close: () => deadLetters.close(),
    clock,
  });
  crash.promise.catch((error: unknown) => worker.crash(error));
  return worker;
}

/** Rows do not wait for this look: what is refused before it has ended waits for the same addition. */
function columnsKept(table: Table, place: BigQueryPlace, tools: WorkerTools): ContractColumns {
  const { log } = tools;
  const columns = new ContractColumns(table, place, {
    ...tools,
    added: (name, added) => log.warn({ table: name, columns: added }, 'columns of the contract were added'),
    blocked: ({ code, message }) => log.error({ table: table.name, code }, message),
  });
  // What is wrong with the table, or only passes, its appends meet again: they have the retry law.
  columns.look().catch(() => {});
  return columns;
}

async function sourceOf(
  { source, project, from }: WorkerOptions,
  tools: WorkerTools,
  options: PubSubSourceOptions,
): Promise<Source> {
  if (from !== undefined) {
    return new FileSource(messageFiles(from, tools.storage), { ...options, name: from }, tools.clock);
  }
  const log = tools.log.child({ subscription: options.subscription });
  const reopening: ReopeningTools = {
    clock: tools.clock,
    random: tools.random,
    waiting: ({ code, message }, waitMillis) => log.warn({ code, waitMillis }, message),
  };
  if (source === 'client') return pubsubSource(tools.pubsub, options, reopening);
  return new RawSource({ project, ...options }, { ...reopening, client: await tools.subscriber() });
}
