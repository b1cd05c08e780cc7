import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Storage } from '@google-cloud/storage';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError, systemClock } from '../../../runtime/index.ts';
import type { Delivery } from '../../source.ts';
import { archived, archiveOf, avroOf } from '../../testing/archive.ts';
import { messageFiles } from './files.ts';
import { LineCutter } from './line-cutter.ts';
import { FileSource } from './source.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'orderlake-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const noStorage = (): Promise<Storage> => Promise.reject(new Error('nobody asks for a bucket'));
const textOf = ({ message }: Delivery) => new TextDecoder().decode(message.bytes);
const turns = () => new Promise((done) => setTimeout(done, 20));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Opens, and settles what comes as it is told. */
function opened(from: string, settle: (delivery: Delivery) => void) {
  const flow = { maxMessages: 10, maxBytes: 1 << 20, closeSeconds: 1 };
  // The wait before a message comes again is the only one: it need not last.
  const clock = {
    ...systemClock,
    sleep: (millis: number, signal?: AbortSignal) => systemClock.sleep(millis / 100, signal),
  };
  const source = new FileSource(messageFiles(from, noStorage), { name: from, ...flow }, clock);
  const received: Delivery[] = [];
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  source.open({
    receive(delivery) {
      received.push(delivery);
      settle(delivery);
    },
    fail: reject,
    finished: resolve,
  });
  return { source, received, finished };
}

const acked = (delivery: Delivery) => delivery.ack();

test.each([
  ['plain', (text: string) => text],
  ['gzip, whatever its name', (text: string) => gzipSync(text)],
  ['with the line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
  ['without an end of the last line', (text: string) => text.slice(0, -1)],
])('every line of a file is a message: %s', async (_name, written) => {
  const lines = Array.from({ length: 300 }, (_, index) => `{"event_id":"${index}"}`);
  const path = fileOf('raw.jsonl', written(`${lines.join('\n')}\n`));
  const { received, finished } = opened(path, acked);
  await finished;
  expect(received.map(textOf)).toEqual(lines);
  expect(received[299]?.message.messageId).toBe('raw.jsonl:300');
  expect(received[0]).toMatchObject({ deliveryAttempt: 1, message: { attributes: {} } });
});

test('no more is out at once than it may hold, and what is settled makes room', async () => {
  const path = fileOf('raw.jsonl', 'x\n'.repeat(25));
  const { received, finished } = opened(path, () => {});
  await turns();
  expect(received).toHaveLength(10);
  for (const delivery of received.slice(0, 4)) delivery.ack();
  await turns();
  expect(received).toHaveLength(14);
  for (let next = 4; next < 25; next++) {
    while (!received[next]) await turns();
    received[next]?.ack();
  }
  await finished;
});

test('it is not finished while something is out, and what is given back comes again', async () => {
  let ended = false;
  const { received, finished } = opened(fileOf('raw.jsonl', 'a\nb\n'), (delivery) => {
    if (textOf(delivery) === 'a' && delivery.deliveryAttempt === 1) delivery.nack();
  });
  void finished.then(() => (ended = true));
  while (received.length < 3) await turns();
  expect(received.map((delivery) => [textOf(delivery), delivery.deliveryAttempt])).toEqual([
    ['a', 1],
    ['b', 1],
    ['a', 2],
  ]);
  received[1]?.ack();
  await turns();
  expect(ended).toBe(false);
  received[2]?.ack();
  await finished;
});

test('closing ends the reading, and waits for what is out', async () => {
  const { source, received } = opened(fileOf('raw.jsonl', 'x\n'.repeat(25)), () => {});
  await turns();
  const closed = source.close();
  for (const delivery of received) delivery.ack();
  await closed;
  await turns();
  expect(received).toHaveLength(10);
});

test('a file that is not there, and one that is no gzip after all, say so', async () => {
  const missing = opened(join(folder, 'missing.jsonl'), acked);
  await expect(missing.finished).rejects.toThrow(/--from cannot be read.*missing\.jsonl/);
  const torn = opened(fileOf('torn.gz', gzipSync('x\n'.repeat(99)).subarray(0, 20)), acked);
  await expect(torn.finished).rejects.toBeInstanceOf(InputError);
});

test('lines are the same, however the bytes are cut', () => {
  const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r\n'), { maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 9 })), (parts, sizes) => {
      const bytes = Buffer.from(parts.join(''));
      const cutter = new LineCutter(1_000);
      const lines: string[] = [];
      let from = 0;
      for (const size of [...sizes, bytes.length]) {
        for (const line of cutter.lines(bytes.subarray(from, from + size)))
          lines.push(Buffer.from(line).toString());
        from += size;
      }
      const rest = cutter.rest();
      if (rest) lines.push(Buffer.from(rest).toString());
      expect(lines).toEqual(
        parts
          .join('')
          .split(/\r?\n/)
          .filter((line) => line !== ''),
      );
    }),
    { numRuns: 60 },
  );
});

test('of a line without end only the beginning is held, and the next one is whole', () => {
  const cutter = new LineCutter(10);
  const lines = ['123456', '7890123', '45678\nnext\n'].flatMap((piece) => [
    ...cutter.lines(Buffer.from(piece)),
  ]);
  expect(lines.map((line) => Buffer.from(line).toString())).toEqual(['1234567890123', 'next']);
});

const bare = { ...archived, name: 'PubsubMessage', fields: [{ name: 'data', type: 'bytes' }] } as const;

const messages = Array.from({ length: 100 }, (_, index) => ({
  subscription_name: 'projects/p/subscriptions/archive',
  message_id: String(7_000 + index),
  publish_time: 1_511_550_000_123_456 + index,
  attributes: {
    event_id: `e-${index}`,
    googclient_traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  data: Buffer.from(`{"event_id":"e-${index}"}`),
}));

test.each([
  ['as it is', 'null', (bytes: Buffer) => bytes],
  ['deflated', 'deflate', (bytes: Buffer) => bytes],
  ['packed with gzip besides', 'null', (bytes: Buffer) => gzipSync(bytes)],
] as const)(
  'an archive of Pub/Sub gives back each message with its id, time and attributes: %s',
  async (_how, codec, pack) => {
    const path = fileOf('2017-11-24T19:00:00+00:00_4f3c.avro', pack(await archiveOf(messages, codec)));
    const { received, finished } = opened(path, acked);
    await finished;
    const seen = received.map(({ message: { bytes, messageId, publishedAt, attributes } }) => ({
      ...{ message_id: messageId, publish_time: publishedAt, attributes: { ...attributes } },
      data: Buffer.from(bytes),
    }));
    expect(seen).toEqual(messages.map(({ subscription_name: _, ...message }) => message));
  },
);

test('an archive without metadata gives the bodies, named by their place', async () => {
  const path = fileOf('bodies.avro', await avroOf(bare, messages));
  const { received, finished } = opened(path, acked);
  await finished;
  expect(received.map(textOf)).toEqual(messages.map(({ data }) => data.toString()));
  expect(received[99]?.message.messageId).toBe('bodies.avro:100');
});

test('an archive that is cut short, or of something else, says so', async () => {
  const whole = await archiveOf(messages);
  const torn = opened(fileOf('torn.avro', whole.subarray(0, whole.length - 20)), acked);
  await expect(torn.finished).rejects.toThrow(/Avro file that cannot be read.*torn\.avro/);
  const other = { type: 'record', name: 'Other', fields: [{ name: 'data', type: 'string' }] };
  const foreign = opened(fileOf('other.avro', await avroOf(other, [{ data: 'x' }])), acked);
  await expect(foreign.finished).rejects.toBeInstanceOf(InputError);
});
