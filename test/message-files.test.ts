import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorage } from '../emulators/storage/index.ts';
import { storageClient } from '../runtime/google-clients.ts';
import { messageFiles } from '../streaming/index.ts';

const stop: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(stop.map((end) => end())));

beforeAll(async () => {
  const emulator = await startStorage({});
  stop.push(() => emulator.stop());
  Object.assign(process.env, emulator.environment);
  const bucket = (await storageClient('archive')).bucket('raw-events');
  await bucket.create();
  const day = 'orders/2017/11/24';
  await bucket.file(`${day}/b.jsonl`).save('3\n');
  await bucket.file(`${day}/a.jsonl.gz`).save(gzipSync('1\n2\n'), { metadata: { contentEncoding: 'gzip' } });
  await bucket.file(`${day}/`).save('');
  await bucket.file('orders/2017/11/25/a.jsonl').save('4\n');
});

async function textsBelow(from: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const file of messageFiles(from, () => storageClient('archive'))) {
    let text = file.name.slice(from.length);
    for await (const piece of file.pieces()) text += ` ${new TextDecoder().decode(piece)}`;
    texts.push(text);
  }
  return texts;
}

test('every object below a prefix is read, in the order of names, unpacked where it is packed', async () => {
  expect(await textsBelow('gs://raw-events/orders/2017/11/24')).toEqual([
    '/a.jsonl.gz 1\n2\n',
    '/b.jsonl 3\n',
  ]);
});

test('nothing below a prefix, and a bucket that is not there, are said', async () => {
  await expect(textsBelow('gs://raw-events/orders/2018')).rejects.toThrow(
    /objects below gs:.*2018, got none/,
  );
  await expect(textsBelow('gs://no-such-bucket/orders')).rejects.toThrow(/no-such-bucket is not there/);
  await expect(textsBelow('gs://')).rejects.toThrow(/names no bucket/);
});
