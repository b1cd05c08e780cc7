import { setTimeout as wait } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { message, now, topic } from './message.ts';

/** node publisher.ts client|raw COUNT [RATE]: publishes, then tells in one line what it cost. */
const [mode = 'client', countText = '0', rateText] = process.argv.slice(2);
const count = Number(countText);

const before = process.cpuUsage();
const begunAt = now();
if (mode === 'raw') await publishRaw();
else await publishThroughClient(rateText === undefined ? undefined : Number(rateText));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMicros: user + system, begunAt })}\n`);

async function publishThroughClient(rate: number | undefined): Promise<void> {
  const pubsub = new PubSub({ projectId: 'bench' });
  const maxMilliseconds = rate === undefined ? 10 : 5;
  const target = pubsub.topic(topic, {
    batching: { maxMessages: 1000, maxBytes: 4 * 1024 * 1024, maxMilliseconds },
  });
  const send = (at: number) => target.publishMessage({ data: message(at) });
  if (rate === undefined) await keepBusy(count, 10_000, () => send(now()));
  else await atRate(rate, send);
  await pubsub.close();
}

/** An open loop: a message is due when it is due, however late the last one was. */
async function atRate(rate: number, send: (at: number) => Promise<string>): Promise<void> {
  const begun = now();
  const sent: Promise<string>[] = [];
  while (sent.length < count) {
    const due = Math.min(count, Math.floor(((now() - begun) / 1000) * rate));
    while (sent.length < due) sent.push(send(begun + (sent.length / rate) * 1000));
    await wait(1);
  }
  await Promise.all(sent);
}

/** Requests that were encoded before, over one connection: what the wire alone allows. */
async function publishRaw(): Promise<void> {
  const perRequest = 250;
  const writer = new protobuf.BufferWriter();
  writer.uint32(0x0a).string(topic);
  for (let i = 0; i < perRequest; i++) {
    writer.uint32(0x12).fork().uint32(0x0a).bytes(message(now())).ldelim();
  }
  const request = Buffer.from(writer.finish());
  const client = new Client(process.env.PUBSUB_EMULATOR_HOST ?? '', credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  await keepBusy(Math.ceil(count / perRequest), 16, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const path = '/google.pubsub.v1.Publisher/Publish';
    client.makeUnaryRequest(path, same, same, request, (error) => (error ? reject(error) : resolve()));
    return promise;
  });
  client.close();
}

async function keepBusy(times: number, atOnce: number, run: () => Promise<unknown>): Promise<void> {
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun < times) {
      begun += 1;
      await run();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, times) }, work));
}
