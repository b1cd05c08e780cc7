import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { collectByGrowth } from '../../cli/heap-growth.ts';
import { names } from '../../contracts/index.ts';
import { Latencies } from '../../streaming/index.ts';
import { madeMessages } from './messages.ts';

/** What it says at the end, of the counted messages. */
export interface LoadLine {
  readonly published: number;
  readonly cpuMicros: number;
  readonly seconds: number;
  readonly publishMs: { readonly p50: number | null; readonly p99: number | null };
}

/**
 * node load.ts PROJECT EVENTS WARM-UP-SECONDS [RATE]: makes the shop's messages, with its default defects, says so, and
 * publishes them when it is told to by SIGUSR2. What it costs to make them is not part of what is measured, and no
 * client stands between them and the wire: a load that takes half of the machine measures itself.
 *
 * First it publishes for so many seconds what is not counted. At a given rate the counted messages follow without a
 * pause; without one they wait for another SIGUSR2, so that nothing of the warm-up is left when they come.
 */
const [project = '', countText = '0', warmUpText = '0', rateText] = process.argv.slice(2);

const mostPerRequest = 500;
const requestsAtOnce = 16;
/** Shorter ones make requests of a few messages, which measure the requests. */
const tickMillis = 5;

const head = protobuf.Writer.create()
  .uint32(0x0a)
  .string(`projects/${project}/topics/${names.topic}`)
  .finish();
const count = Number(countText);
const warmUpSeconds = Number(warmUpText);
const rate = rateText === undefined ? undefined : Number(rateText);
/** At the most: a service that takes them faster would see the first ones again when it counts, and those are other work. */
const flatOutWarmUp = warmUpSeconds * 20_000;
const warmUpCount = rate === undefined ? 0 : Math.round(warmUpSeconds * rate);
// Its requests are buffers of some tens of megabytes a second: V8 would collect everything for them again and again.
collectByGrowth();
const messages = madeMessages(count + (rate === undefined ? flatOutWarmUp : warmUpCount));
const client = new Client(process.env.PUBSUB_EMULATOR_HOST ?? '', credentials.createInsecure());
/** From when a message was due until the service had taken it: the part that the worker cannot see. */
let published = new Latencies();
let sent = 0;

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
// A signal alone does not keep a process.
const patience = setInterval(() => {}, 1_000);
await told({ ready: messages.count });
await (rate === undefined ? flatOut() : atRate(rate));
clearInterval(patience);
client.close();

/** Says it and waits for the signal, which would end the process if it came before it is listened for. */
async function told(line: object): Promise<void> {
  const signal = once(process, 'SIGUSR2');
  tell(line);
  await signal;
}

function beginToCount(): () => LoadLine {
  published = new Latencies();
  const [before, begun, first] = [process.cpuUsage(), performance.now(), sent];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return {
      published: sent - first,
      cpuMicros: user + system,
      seconds: (performance.now() - begun) / 1_000,
      publishMs: { p50: published.quantile(0.5), p99: published.quantile(0.99) },
    };
  };
}

async function flatOut(): Promise<void> {
  const warmUpEnds = performance.now() + warmUpSeconds * 1_000;
  await keepPublishing(() => sent < flatOutWarmUp && performance.now() < warmUpEnds, flatOutWarmUp);
  await told({ warmedUp: sent });
  const end = beginToCount();
  const all = sent + count;
  await keepPublishing(() => sent < all, all);
  tell(end());
}

async function keepPublishing(more: () => boolean, all: number): Promise<void> {
  const work = async () => {
    while (more()) await publish(all, performance.now(), Number.POSITIVE_INFINITY);
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, work));
}

/** An open loop: a message is due when it is due, however late the last one was. */
async function atRate(perSecond: number): Promise<void> {
  const begun = performance.now();
  const underWay: Promise<void>[] = [];
  let end: (() => LoadLine) | undefined;
  for (const all = warmUpCount + count; sent < all; ) {
    if (sent === warmUpCount) {
      end = beginToCount();
      tell({ warmedUp: sent });
    }
    // What is counted and what is not never share a request.
    const due = Math.min(
      end ? all : warmUpCount,
      Math.floor(((performance.now() - begun) / 1_000) * perSecond),
    );
    while (sent < due) underWay.push(publish(due, begun, perSecond));
    await wait(tickMillis);
  }
  await Promise.all(underWay);
  if (end) tell(end());
}

/** The next ones, before `end`, in one request. The message of place n was due n/`perSecond` after `begun`. */
async function publish(end: number, begun: number, perSecond: number): Promise<void> {
  const from = sent;
  const into = published;
  const { bytes, count } = messages.some(from, Math.min(mostPerRequest, end - from));
  sent += count;
  await publishRequest(Buffer.concat([head, bytes]));
  const since = performance.now() - begun;
  for (let place = from; place < from + count; place++) into.record(since - (place / perSecond) * 1_000);
}

function publishRequest(request: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const same = (bytes: Buffer): Buffer => bytes;
  client.makeUnaryRequest('/google.pubsub.v1.Publisher/Publish', same, same, request, (error) =>
    error ? reject(error) : resolve(),
  );
  return promise;
}
