import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crc32cText, crc32cUpdate } from './checksums.ts';
import { Hasher } from './hasher.ts';
import { Md5Background } from './md5-background.ts';

let background: Md5Background;
beforeAll(() => {
  background = new Md5Background();
});
afterAll(() => background.close());

const long = randomBytes(4_500_000);
const checksumsOf = (bytes: Uint8Array) => ({
  crc32c: crc32cText(crc32cUpdate(0, bytes)),
  md5Hash: createHash('md5').update(bytes).digest('base64'),
});

async function feed(hasher: Hasher, bytes: Uint8Array, step: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += step) await hasher.update(bytes.subarray(at, at + step));
}

test('the hasher gives both checksums in base64', async () => {
  const hasher = new Hasher();
  hasher.update(Buffer.from('123456789'));
  // md5("123456789") = 25f9e794323b453885f5181f1b624d0b
  expect(await hasher.digest()).toEqual({
    crc32c: '4waSgw==',
    md5Hash: Buffer.from('25f9e794323b453885f5181f1b624d0b', 'hex').toString('base64'),
  });
});

describe('beside a background thread', () => {
  test('short and long uploads at the same time get each its own checksums', async () => {
    const uploads = [long, long.subarray(1, 4_000_000), long.subarray(7, 1000), long.subarray(0, 0)];
    const digests = uploads.map(async (bytes, i) => {
      const hasher = new Hasher(background);
      await feed(hasher, bytes, 65_536 - i);
      return hasher.digest();
    });
    expect(await Promise.all(digests)).toEqual(uploads.map(checksumsOf));
  });

  test.each([1000, 3_000_000])('an upload that pauses after %d bytes goes on', async (pause) => {
    const hasher = new Hasher(background);
    await feed(hasher, long.subarray(0, pause), 65_536);
    await hasher.settle();
    await feed(hasher, long.subarray(pause), 65_536);
    expect(await hasher.digest()).toEqual(checksumsOf(long));
  });

  test('a piece larger than all room there is, and one that is forgotten, hold nobody up', async () => {
    const forgotten = new Hasher(background);
    await forgotten.update(long);
    forgotten.forget();
    const hasher = new Hasher(background);
    await hasher.update(long);
    expect(await hasher.digest()).toEqual(checksumsOf(long));
  });

  test('an upload whose thread has ended fails instead of waiting', async () => {
    const ending = new Md5Background();
    const hasher = new Hasher(ending);
    await feed(hasher, long.subarray(0, 3_000_000), 65_536);
    await ending.close();
    await expect(hasher.digest()).rejects.toThrow('has ended');
  });
});
