import { randomUUID } from 'node:crypto';
import { defaultRules, names } from '../contracts/index.ts';
import {
  bigqueryClient,
  checkCredentials,
  pubsubClient,
  storageClient,
  storageWriteClient,
  subscriberClient,
  warmClients,
} from '../runtime/google-clients.ts';
import { createLogger, OrderlakeError, systemClock } from '../runtime/index.ts';
import { exportMetrics } from '../runtime/telemetry.ts';
import {
  type HealthPage,
  type LaneFigures,
  serveHealth,
  startWorker,
  tellTelemetry,
  type Worker,
  type WorkerTools,
} from '../streaming/index.ts';
import { watchInterrupts, whenAborted } from './interrupt.ts';
import { openLakeTables } from './lake-tables.ts';
import type { Configuration } from './settings.ts';
import { printJson, say } from './terminal.ts';
import { programVersion } from './version.ts';
import { boundNursery } from './worker-nursery.ts';

/** What a worker prints, once a second, for whoever started it. */
export interface WorkerLine {
  readonly lanes: readonly LaneFigures[];
  readonly unsettled: number;
  readonly cpuMicros: number;
  readonly rssMb: number;
  readonly healthPort: number;
}

export interface WorkerFlags {
  readonly json: boolean;
  /** A file or gs://bucket/prefix to read instead of Pub/Sub; the worker ends when all of it is written. */
  readonly from?: string | undefined;
  readonly aroundSink?: WorkerTools['aroundSink'];
}

export async function runWorker(
  configuration: Configuration,
  { json, from, aroundSink }: WorkerFlags,
): Promise<void> {
  const letNurseryGrow = boundNursery();
  const interrupt = watchInterrupts();
  const { project } = configuration;
  const version = programVersion(configuration.build);
  // Several workers may share a subscription: a line must say which of them, and which of its runs, wrote it.
  const run = randomUUID();
  const log = createLogger({ level: configuration.logLevel, service: 'worker', project }).child({ run });
  if (!(await interrupt.servicesKnown(() => warmClients('pubsub', 'storageWrite'))))
    return interrupt.release();
  const telemetry = await exportMetrics('orderlake-worker', process.env, run);
  const pubsub = await pubsubClient(project);
  await checkCredentials(pubsub, process.env);
  const writer = await storageWriteClient(project, process.env);
  const has = (sink: 'bigquery' | 'iceberg') => configuration.sinks.includes(sink);
  const starting = startWorker(
    {
      version,
      project,
      dataset: names.datasets.raw,
      deadLetterTopic: names.deadLetterTopic,
      subscriptions: {
        ...(has('bigquery') ? { bigquery: names.subscriptions.bigquery } : {}),
        ...(has('iceberg') ? { iceberg: names.subscriptions.iceberg } : {}),
      },
      primary: configuration.primarySink,
      source: configuration.source,
      ...(from === undefined ? {} : { from }),
      rules: { ...defaultRules, paymentToleranceCents: configuration.paymentTolerance },
      batches: {
        bigquery: { items: 500, bytes: 2 << 20, millis: configuration.writeBatchMillis },
        // Half of what its source lets out: the next commit fills up while one is under way.
        iceberg: { items: 10_000, bytes: 128 << 20, millis: configuration.lakeCommitMillis },
      },
      icebergWriter: { writer: 'worker', epoch: systemClock.now(), run },
    },
    {
      pubsub,
      subscriber: () => subscriberClient(project, process.env),
      writer,
      storage: () => storageClient(project),
      bigquery: () => bigqueryClient(project),
      lakeTables: () => openLakeTables(configuration),
      clock: systemClock,
      random: Math.random,
      log,
      ...(aroundSink ? { aroundSink } : {}),
    },
  );
  // Where a service does not answer it would be tried for ever; nothing is held yet that would have to be drained.
  const worker = await Promise.race([starting, whenAborted(interrupt.first)]);
  if (!worker) {
    starting.catch(() => {});
    await telemetry.shutdown();
    return interrupt.release();
  }
  letNurseryGrow();
  const vitals = () => vitalsOf(worker);
  tellTelemetry(vitals);
  const health = await serveHealth(configuration.healthPort, vitals);
  const figures = json ? setInterval(() => tell(worker, health), 1_000) : undefined;
  log.info({ version, sinks: configuration.sinks, healthPort: health.port }, 'the worker is ready');
  if (!json)
    say(`Working (${configuration.sinks.join(', ')}) until Ctrl-C; http://127.0.0.1:${health.port}/metrics`);
  void whenAborted(interrupt.first).then(() => {
    log.info({ unsettled: worker.unsettled }, 'the worker drains');
    worker.stop();
  });
  void whenAborted(interrupt.second).then(() => worker.stop());
  try {
    await worker.ended;
    log.info({}, 'the worker stopped with nothing held');
  } catch (error) {
    const code = error instanceof OrderlakeError ? error.code : 'UNKNOWN';
    log.fatal({ unsettled: worker.unsettled, code }, 'the worker ends; what it holds comes again');
    throw error;
  } finally {
    if (json) tell(worker, health);
    clearInterval(figures);
    await Promise.all([health.close(), telemetry.shutdown()]);
    interrupt.release();
    // Of any other its streams are still open, and closing them would wait for a side that may not answer.
    if (worker.state === 'stopped') {
      await writer.close();
      await pubsub.close();
    }
  }
}

function vitalsOf(worker: Worker) {
  return {
    state: worker.state,
    lanes: worker.figures(),
    unsettled: worker.unsettled,
    oldestAt: worker.oldestAt,
    now: systemClock.now(),
  };
}

function tell(worker: Worker, { port }: HealthPage): void {
  const { user, system } = process.cpuUsage();
  printJson({
    lanes: worker.figures(),
    unsettled: worker.unsettled,
    cpuMicros: user + system,
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    healthPort: port,
  } satisfies WorkerLine);
  worker.turnWindow();
}
