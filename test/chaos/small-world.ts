import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PubSub, Topic } from '@google-cloud/pubsub';
import { type Child, startChild } from '../../cli/child.ts';
import { type Verdict, verifyLedger } from '../../cli/verify.ts';
import { type Instant, names } from '../../contracts/index.ts';
import { type BigQueryEmulator, startBigQuery } from '../../emulators/bigquery/index.ts';
import { SteppingClock } from '../../emulators/frame/index.ts';
import { type PubSubEmulator, startPubSub } from '../../emulators/pubsub/index.ts';
import {
  type DefectRates,
  generate,
  type LedgerLine,
  type Publication,
  type Stream,
} from '../../generator/index.ts';
import { defineStores, type Resources } from '../../infra/definition/index.ts';
import { makeResources } from '../../infra/local/index.ts';
import { bigqueryClient, pubsubClient, storageClient } from '../../runtime/google-clients.ts';

export const project = 'orderlake-local';
const place = { project, lakeBucket: 'orderlake-local-lake', sinks: ['bigquery'] as const };
const openingDay = (Date.parse('2017-01-02T00:00:00-03:00') * 1_000) as Instant;
const mostTries = 100;
/** Longer than any lease that a worker asks for. */
const longestLeaseMillis = 120_000;
/** What comes back waits before it is delivered again: see the subscription's retry policy. */
const longestRestMillis = 600_000;

/** One message in four is defective in some way: small loads must meet everything. */
export const manyDefects: DefectRates = {
  duplicate_same_bytes: 0.04,
  duplicate_other_bytes: 0.04,
  late: 0.02,
  out_of_order: 0.02,
  untrimmed_city: 0.03,
  money_as_number: 0.03,
  truncated_json: 0.02,
  bad_utf8: 0.02,
  unknown_enum: 0.02,
  missing_field: 0.02,
};

type Tables = Resources['tables'];

export interface WorldOptions {
  readonly seed?: number;
  readonly defects?: DefectRates;
  /** The tables as they are made; without it as they are deployed. */
  readonly tables?: (deployed: Tables) => Tables;
}

interface Parts {
  readonly pubsub: PubSubEmulator;
  readonly bigquery: BigQueryEmulator;
  readonly clock: SteppingClock;
  readonly client: PubSub;
  /** The variables as they were. */
  readonly before: ReadonlyMap<string, string | undefined>;
}

/**
 * Pub/Sub and BigQuery in this process, so that a test plans what goes wrong and sees how far a call has come, and
 * workers in processes of their own, so that they can be killed. The shop's stream is published slice by slice, and
 * its ledger says at any time what the tables must hold.
 */
export class SmallWorld {
  readonly pubsub: PubSubEmulator;
  readonly bigquery: BigQueryEmulator;
  private readonly clock: SteppingClock;
  private readonly directory: string;
  private readonly ledger: string;
  private readonly publications: Iterator<Publication>;
  private readonly client: PubSub;
  private readonly topic: Topic;
  private readonly workers = new Set<Child>();
  private readonly before: ReadonlyMap<string, string | undefined>;

  private constructor(parts: Parts, { seed = 1, defects = manyDefects }: WorldOptions) {
    this.pubsub = parts.pubsub;
    this.bigquery = parts.bigquery;
    this.clock = parts.clock;
    this.client = parts.client;
    this.before = parts.before;
    this.directory = mkdtempSync(join(tmpdir(), 'orderlake-chaos-'));
    this.ledger = join(this.directory, 'ledger.jsonl');
    this.topic = this.client.topic(names.topic, { batching: { maxMessages: 100, maxMilliseconds: 1 } });
    this.publications = everything(seed, defects);
  }

  static async start(options: WorldOptions = {}): Promise<SmallWorld> {
    const clock = new SteppingClock();
    const [pubsub, bigquery] = await Promise.all([startPubSub({ clock }), startBigQuery()]);
    const environment = {
      ...pubsub.environment,
      ...bigquery.environment,
      METADATA_SERVER_DETECTION: 'none',
      ORDERLAKE_LOG_LEVEL: process.env.ORDERLAKE_LOG_LEVEL ?? 'error',
    };
    const before = new Map(Object.keys(environment).map((name) => [name, process.env[name]]));
    Object.assign(process.env, environment);
    const client = await pubsubClient(project);
    const world = new SmallWorld({ pubsub, bigquery, clock, client, before }, options);
    await world.makeTables(options.tables);
    return world;
  }

  /** Topics, subscriptions and tables as they are deployed; the models and buckets are not needed here. */
  async makeTables(tables: NonNullable<WorldOptions['tables']> = (deployed) => deployed): Promise<void> {
    const region = 'southamerica-east1';
    const resources = defineStores({ project, region, location: region, bucketLake: place.lakeBucket });
    await makeResources(
      {
        ...resources,
        tables: tables(resources.tables),
        subscriptions: resources.subscriptions.filter(({ name }) => name !== names.subscriptions.iceberg),
        buckets: [],
      },
      {
        pubsub: this.client,
        bigquery: await bigqueryClient(project),
        storage: await storageClient(project),
      },
    );
  }

  /** The shop's next messages, told to the ledger first; only those that `wanted` lets through. */
  async publish(count: number, wanted: (line: LedgerLine) => boolean = () => true): Promise<void> {
    const sent: Promise<string>[] = [];
    while (sent.length < count) {
      const { value, done } = this.publications.next();
      if (done === true) throw new Error('the shop has no more to tell');
      if (!wanted(value.ledger)) continue;
      appendFileSync(this.ledger, `${JSON.stringify(value.ledger)}\n`);
      sent.push(this.send(value.bytes, value.attributes));
    }
    await Promise.all(sent);
  }

  /** A message that no ledger tells of; where Pub/Sub is haunted it may arrive twice, but it arrives. */
  async send(bytes: Uint8Array, attributes: Record<string, string> = {}): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.topic.publishMessage({ data: Buffer.from(bytes), attributes });
      } catch (error) {
        if (tries === mostTries) throw error;
      }
    }
  }

  /** `file`: another program than `orderlake worker`, which takes no words. */
  startWorker(words: readonly string[] = [], file?: string): Child {
    const own = ['worker', '--json', '--sinks', 'bigquery', ...words];
    const worker = startChild(file === undefined ? own : [], { ORDERLAKE_SINKS: 'bigquery' }, file);
    this.workers.add(worker);
    void worker.ended.then(() => this.workers.delete(worker));
    return worker;
  }

  get backlog() {
    return this.pubsub.backlog(`projects/${project}/subscriptions/${names.subscriptions.bigquery}`);
  }

  /** A killed worker's leases end, and what was given back waits no longer: time is pushed forward. */
  endLeases(): void {
    this.clock.advance(longestLeaseMillis);
    this.clock.advance(longestRestMillis);
  }

  /** Everything published was acknowledged. */
  async settled(): Promise<void> {
    await until('everything is acknowledged', () => this.backlog.unacked === 0);
  }

  /** The same where retries may be used up and what comes back rests: time is pushed forward until all is done. */
  async settledInTime(millis = 120_000): Promise<void> {
    const pushing = setInterval(() => this.endLeases(), 1_000);
    try {
      await until('everything is acknowledged', () => this.backlog.unacked === 0, millis);
    } finally {
      clearInterval(pushing);
    }
  }

  verify(): Promise<Verdict> {
    return verifyLedger({ ...place, dataDirectory: this.directory }, this.ledger);
  }

  async stop(): Promise<void> {
    this.pubsub.faults.reset();
    this.bigquery.faults.reset();
    const workers = [...this.workers];
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await this.client.close();
    await Promise.all([this.pubsub.stop(), this.bigquery.stop()]);
    for (const [name, value] of this.before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(this.directory, { recursive: true });
  }
}

/** Of every six messages four are of orders: a shop as it is tells of all its products first. */
function* everything(seed: number, defects: DefectRates): Generator<Publication> {
  const told = (...streams: Stream[]) =>
    generate({ seed, epoch: openingDay, defects, ordersPerDay: 500, streams });
  const [orders, people, clicks] = [told('orders', 'status'), told('dimensions'), told('clicks')];
  for (;;) {
    for (const stream of [orders, orders, people, orders, orders, clicks]) {
      const { value, done } = stream.next();
      if (done !== true) yield value;
    }
  }
}

/** Looks often; a condition that never comes true fails by its name. */
export async function until(what: string, holds: () => boolean, millis = 60_000): Promise<void> {
  const latest = performance.now() + millis;
  while (!holds()) {
    if (performance.now() > latest) throw new Error(`waited ${millis} ms in vain until ${what}`);
    await wait(5);
  }
}
