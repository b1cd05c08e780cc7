import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { type Child, startChild } from '../cli/child.ts';
import type { Figures } from './figures.ts';
import { costOf } from './process-cost.ts';
import { messageBytes, subscription, topic } from './pubsub/message.ts';

interface PubSubOptions {
  readonly messages: number;
  /** Of the open loop, messages a second. */
  readonly rate: number;
  readonly rateSeconds: number;
  /** How many messages wait at once before anybody reads them; none: that is not measured. */
  readonly backlog: number;
  /** Measure Google's emulator in the same run, where it is on this machine. */
  readonly peer: boolean;
}

interface Server {
  readonly host: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Publisher, emulator and subscriber are processes of their own, all on this machine's cores. */
export async function runPubSub(options: PubSubOptions): Promise<Figures> {
  const figures = await measureServer(await startOurs(), options, ['client', 'raw', 'openLoop']);
  const backlog = options.backlog > 0 ? { backlog: await measureBacklog(options.backlog) } : {};
  const peer = options.peer ? await startGoogles() : undefined;
  const peers = peer && { google: await measureServer(peer, options, ['client', 'openLoop']) };
  return {
    bench: 'pubsub',
    config: { ...options, messageBytes, warmUpSeconds },
    ...figures,
    ...backlog,
    ...(peers && { peers }),
  };
}

type Stage = 'client' | 'raw' | 'openLoop';

/** Of the open loop, before latency counts: two processes that are just started compile their code meanwhile. */
const warmUpSeconds = 3;

async function measureServer(server: Server, options: PubSubOptions, stages: readonly Stage[]) {
  try {
    const figures: Partial<Record<Stage, object>> = {};
    for (const stage of stages) figures[stage] = await measure(server, stage, options);
    return { ...figures, peakRssMb: costOf([server.pid]).peakRssMb };
  } finally {
    await server.stop();
  }
}

async function measure(server: Server, stage: Stage, { messages, rate, rateSeconds }: PubSubOptions) {
  const environment = { PUBSUB_EMULATOR_HOST: server.host };
  await makeAnew(server.host);
  const count = stage === 'openLoop' ? rate * (warmUpSeconds + rateSeconds) : messages;
  const mode = stage === 'raw' ? 'raw' : 'client';
  const file = (name: string) => join(import.meta.dirname, 'pubsub', name);
  const warmUp = stage === 'openLoop' ? [String(warmUpSeconds * 1000)] : [];
  const subscriber = startChild([mode, String(count), ...warmUp], environment, file('subscriber.ts'));
  await subscriber.firstLine();
  const before = costOf([server.pid]).cpuMicros;
  const pace = stage === 'openLoop' ? [String(rate)] : [];
  const publisher = startChild([mode, String(count), ...pace], environment, file('publisher.ts'));
  const children: readonly Child[] = [publisher, subscriber];
  const ends = await Promise.all(children.map(({ ended }) => ended));
  if (ends.some(({ code }) => code !== 0)) throw new Error('a part of the bench ended before it was done');
  const cpu = (cost: number): number => round(cost / count);
  const sent = publisher.latest as Sent;
  const got = subscriber.latest as Got;
  // Without the start of their processes: that is not what is measured.
  const seconds = (got.endedAt - sent.begunAt) / 1000;
  return {
    messages: count,
    seconds: round(seconds),
    messagesPerSecond: Math.round(count / seconds),
    cpuMicrosPerMessage: {
      emulator: cpu(costOf([server.pid]).cpuMicros - before),
      publisher: cpu(sent.cpuMicros),
      subscriber: cpu(got.cpuMicros),
    },
    ...(stage === 'openLoop' ? { offeredPerSecond: rate, latencyMs: got.latencyMs } : {}),
  };
}

/** In an emulator of its own, whose memory nothing else has touched. */
async function measureBacklog(messages: number) {
  const server = await startOurs();
  try {
    await makeAnew(server.host);
    const environment = { PUBSUB_EMULATOR_HOST: server.host };
    const parts = ['publisher.ts', 'subscriber.ts'].map((name) => join(import.meta.dirname, 'pubsub', name));
    const seconds: number[] = [];
    for (const file of parts) {
      const begun = performance.now();
      const { code } = await startChild(['raw', String(messages)], environment, file).ended;
      if (code !== 0) throw new Error(`${file} ended with exit code ${code}`);
      seconds.push(round((performance.now() - begun) / 1000));
    }
    const [fillSeconds, drainSeconds] = seconds;
    return { messages, fillSeconds, drainSeconds, peakRssMb: costOf([server.pid]).peakRssMb };
  } finally {
    await server.stop();
  }
}

interface Sent {
  readonly cpuMicros: number;
  readonly begunAt: number;
}

interface Got {
  readonly cpuMicros: number;
  readonly endedAt: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

async function makeAnew(host: string): Promise<void> {
  const pubsub = new PubSub({ projectId: 'bench', apiEndpoint: host, emulatorMode: true });
  await pubsub
    .subscription(subscription)
    .delete()
    .catch(() => {});
  await pubsub
    .topic(topic)
    .delete()
    .catch(() => {});
  await pubsub.createTopic(topic);
  await pubsub.topic(topic).createSubscription(subscription, { ackDeadlineSeconds: 60 });
  await pubsub.close();
}

async function startOurs(): Promise<Server> {
  const child = startChild(['emulators', '--only', 'pubsub', '--json'], {});
  const { PUBSUB_EMULATOR_HOST: host = '' } = (await child.firstLine()) as Record<string, string>;
  return {
    host,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      await child.ended;
    },
  };
}

const googles = '/usr/lib/google-cloud-sdk/platform/pubsub-emulator/bin/cloud-pubsub-emulator';

async function startGoogles(): Promise<Server | undefined> {
  if (!existsSync(googles)) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'google-pubsub-'));
  const host = `127.0.0.1:${await freePort()}`;
  const [name, port] = host.split(':');
  // The script becomes the Java process: its pid is the one to measure.
  const child = spawn(googles, [`--host=${name}`, `--port=${port}`, `--data-dir=${directory}`], {
    stdio: 'ignore',
  });
  const answers = () =>
    fetch(`http://${host}/`).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await wait(100);
  return {
    host,
    pid: child.pid,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const round = (value: number): number => Math.round(value * 100) / 100;
