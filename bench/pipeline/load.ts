import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { type Instant, names } from '../../contracts/index.ts';
import { defaultDefects, generate } from '../../generator/index.ts';
import { systemClock } from '../../runtime/index.ts';

/**
 * node load.ts PROJECT EVENTS [RATE]: makes the shop's messages, with its default defects, says so, and publishes them
 * when it is told to by SIGUSR2. What it costs to make them is not part of what is measured, and no client stands
 * between them and the wire: a load that takes half of the machine measures itself.
 */
const [project = '', countText = '0', rateText] = process.argv.slice(2);

/** Beyond these the same messages are sent again: they do not fit into memory, and upserts end the same. */
const mostMade = 150_000;
const mostPerRequest = 500;
const requestsAtOnce = 16;
/** Shorter ones make requests of a few messages, which measure the requests. */
const tickMillis = 5;
const epoch = 1_483_326_000_000_000 as Instant;

const head = protobuf.Writer.create()
  .uint32(0x0a)
  .string(`projects/${project}/topics/${names.topic}`)
  .finish();
const count = Number(countText);
const messages = madeMessages(Math.min(count, mostMade));
const client = new Client(process.env.PUBSUB_EMULATOR_HOST ?? '', credentials.createInsecure());

process.stdout.write(`${JSON.stringify({ ready: messages.length })}\n`);
// A signal alone does not keep a process.
const patience = setInterval(() => {}, 1_000);
await once(process, 'SIGUSR2');
clearInterval(patience);
const before = process.cpuUsage();
const begun = systemClock.now();
await (rateText === undefined ? flatOut() : atRate(Number(rateText)));
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${JSON.stringify({ published: count, cpuMicros: user + system, seconds: (systemClock.now() - begun) / 1_000 })}\n`,
);
client.close();

/** Each as the field of a PublishRequest. */
function madeMessages(least: number): Uint8Array[] {
  const made: Uint8Array[] = [];
  for (const { bytes, attributes } of generate({
    seed: 1,
    orders: least,
    epoch,
    defects: defaultDefects,
    streams: ['orders'],
  })) {
    const writer = protobuf.Writer.create().uint32(0x12).fork().uint32(0x0a).bytes(bytes);
    for (const [key, value] of Object.entries(attributes)) {
      writer.uint32(0x12).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim();
    }
    made.push(writer.ldelim().finish());
    if (made.length === least) break;
  }
  return made;
}

async function flatOut(): Promise<void> {
  let sent = 0;
  const work = async () => {
    while (sent < count) {
      const from = sent;
      sent = Math.min(count, sent + mostPerRequest);
      await publish(from, sent);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, work));
}

/** An open loop: a message is due when it is due, however late the last one was. */
async function atRate(rate: number): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, Math.floor(((systemClock.now() - begun) / 1_000) * rate));
    while (sent < due) {
      const to = Math.min(due, sent + mostPerRequest);
      underWay.push(publish(sent, to));
      sent = to;
    }
    await wait(tickMillis);
  }
  await Promise.all(underWay);
}

function publish(from: number, to: number): Promise<void> {
  const parts: Uint8Array[] = [head];
  for (let i = from; i < to; i++) parts.push(messages[i % messages.length] ?? head);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const same = (bytes: Buffer): Buffer => bytes;
  client.makeUnaryRequest('/google.pubsub.v1.Publisher/Publish', same, same, Buffer.concat(parts), (error) =>
    error ? reject(error) : resolve(),
  );
  return promise;
}
