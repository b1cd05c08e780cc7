import { PubSub } from '@google-cloud/pubsub';
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { now, subscription } from './message.ts';

/**
 * node subscriber.ts client|raw COUNT [WARMUP]: tells when it listens, and, when it has everything, what it cost. The
 * latency of what was due in the first WARMUP milliseconds is not counted.
 */
const [mode = 'client', countText = '0', warmUpText = '0'] = process.argv.slice(2);
const count = Number(countText);
let countsFrom: number | undefined;
const latencies: number[] = [];
let received = 0;

/** By HTTP/2's default a response of some hundred messages waits for the reader four times on its way. */
const channel = { 'grpc-node.flow_control_window': 1024 * 1024 };

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const before = process.cpuUsage();
await (mode === 'raw' ? receiveRaw() : receiveThroughClient());
const endedAt = now();
const { user, system } = process.cpuUsage(before);
latencies.sort((a, b) => a - b);
const quantile = (q: number): number | undefined => latencies[Math.floor(q * (latencies.length - 1))];
tell({ cpuMicros: user + system, endedAt, latencyMs: { p50: quantile(0.5), p99: quantile(0.99) } });

async function receiveThroughClient(): Promise<void> {
  const pubsub = new PubSub({ projectId: 'bench', ...channel });
  // Flow control is given back when acks are flushed: at the default of 100 ms that is what limits.
  const reader = pubsub.subscription(subscription, {
    flowControl: { maxMessages: 20_000, maxBytes: 1e9, allowExcessMessages: false },
    batching: { maxMilliseconds: 10 },
    streamingOptions: { maxStreams: 1 },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  reader.on('error', reject);
  reader.on('message', (message) => {
    const due = message.data.readDoubleLE(0);
    countsFrom ??= due + Number(warmUpText);
    if (due >= countsFrom) latencies.push(now() - due);
    message.ack();
    received += 1;
    if (received === count) resolve();
  });
  tell({ listening: true });
  await promise;
  await reader.close();
  await pubsub.close();
}

/** Of each response only the ack ids are read; they go back in one request. */
async function receiveRaw(): Promise<void> {
  const client = new Client(process.env.PUBSUB_EMULATOR_HOST ?? '', credentials.createInsecure(), channel);
  const same = (bytes: Buffer): Buffer => bytes;
  const stream = client.makeBidiStreamRequest('/google.pubsub.v1.Subscriber/StreamingPull', same, same);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.on('error', reject);
  stream.on('data', (bytes: Buffer) => {
    const ackIds = ackIdsOf(bytes);
    received += ackIds.length;
    if (ackIds.length > 0) stream.write(acknowledgement(ackIds));
    if (received >= count) stream.end();
  });
  stream.on('end', resolve);
  const opening = new protobuf.BufferWriter();
  opening.uint32(0x0a).string(subscription).uint32(0x28).int32(60).uint32(0x38).int64(50_000);
  stream.write(Buffer.from(opening.finish()));
  tell({ listening: true });
  await promise;
  client.close();
}

function ackIdsOf(bytes: Buffer): Uint8Array[] {
  const reader = protobuf.Reader.create(bytes);
  const ackIds: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag !== 0x0a) {
      reader.skipType(tag & 7);
      continue;
    }
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) {
      const inner = reader.uint32();
      if (inner === 0x0a) ackIds.push(reader.bytes());
      else reader.skipType(inner & 7);
    }
  }
  return ackIds;
}

function acknowledgement(ackIds: readonly Uint8Array[]): Buffer {
  const writer = new protobuf.BufferWriter();
  for (const ackId of ackIds) writer.uint32(0x12).bytes(ackId);
  return Buffer.from(writer.finish());
}
