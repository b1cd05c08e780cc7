import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headOf, MessageReader } from './grpc-messages.ts';

const framed = (message: Uint8Array): Buffer => Buffer.concat([headOf(message), message]);
const compressed = (message: Uint8Array): Buffer => {
  const bytes = framed(message);
  bytes[0] = 1;
  return bytes;
};

function read(reader: MessageReader, ...chunks: Buffer[]): string[] {
  const messages: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let one = reader.shift(); one !== undefined; one = reader.shift())
      messages.push(one.toString('hex'));
  }
  return messages;
}

test('messages come out whole and in order, wherever the connection cuts them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 30 })),
      (messages, cuts) => {
        const all = Buffer.concat(messages.map(framed));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(all.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(all.subarray(at));
        const got = read(new MessageReader(100, 'identity'), ...chunks);
        expect(got).toEqual(messages.map((message) => Buffer.from(message).toString('hex')));
      },
    ),
  );
});

test('a compressed message is read as its header says, and one that is not stays as it is', () => {
  const text = Buffer.from('order '.repeat(20));
  const hex = text.toString('hex');
  expect(read(new MessageReader(1_000, 'gzip'), compressed(gzipSync(text)), framed(text))).toEqual([
    hex,
    hex,
  ]);
  expect(read(new MessageReader(1_000, 'deflate'), compressed(deflateSync(text)))).toEqual([hex]);
});

test('a message over the limit is refused by its head, and one that would unfold beyond it too', () => {
  const large = headOf(new Uint8Array(101));
  expect(() => read(new MessageReader(100, 'identity'), large)).toThrow('Received message larger than max');
  const bomb = compressed(gzipSync(Buffer.alloc(100_000)));
  expect(() => read(new MessageReader(1_000, 'gzip'), bomb)).toThrow('Received message larger than max');
  const torn = compressed(gzipSync('x').subarray(0, 10));
  expect(() => read(new MessageReader(1_000, 'gzip'), torn)).toThrow('cannot be decompressed');
});

test('a compression that is not known is refused by its name', () => {
  const message = compressed(Buffer.from('x'));
  expect(() => read(new MessageReader(100, 'snappy'), message)).toThrow('The compression snappy');
});

const halves = (text: string): Buffer[] => {
  const bytes = framed(Buffer.from(text));
  return [bytes.subarray(0, 8), bytes.subarray(8)];
};

function next(reader: MessageReader, text: string): Buffer {
  for (const chunk of halves(text)) reader.push(chunk);
  const message = reader.shift();
  if (message === undefined) throw new Error('expected a whole message, got a part');
  return message;
}

test('a message that was put together stays as it is until it is given back, then its memory serves the next', () => {
  const reader = new MessageReader(100, 'identity');
  const first = next(reader, 'first message');
  const second = next(reader, 'second message');
  expect([String(first), String(second)]).toEqual(['first message', 'second message']);
  reader.giveBack(first);
  const third = next(reader, 'third');
  expect(third.buffer).toBe(first.buffer);
  expect([String(second), String(third)]).toEqual(['second message', 'third']);
});

test('memory that is not the reader’s changes nothing when it is given back, and its own is lent to one message at a time', () => {
  const reader = new MessageReader(100, 'identity');
  const first = next(reader, 'first message');
  reader.giveBack(Buffer.from('not of the reader'));
  const second = next(reader, 'second');
  expect(second.buffer).not.toBe(first.buffer);
  expect(String(first)).toBe('first message');
});
