import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipped } from './gunzipped.ts';

async function* pieces(bytes: Uint8Array, size: number, atEnd: () => void = () => {}) {
  try {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  } finally {
    atEnd();
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read).toString();
}

describe('gunzipped', () => {
  const text = 'one line\nand another\n'.repeat(50);

  it.each([1, 2, 7, 10_000])('tells packed bytes from plain ones in pieces of %d', async (size) => {
    expect(await textOf(gunzipped(pieces(gzipSync(text), size)))).toBe(text);
    expect(await textOf(gunzipped(pieces(Buffer.from(text), size)))).toBe(text);
  });

  it.each(['', 'x'])('passes on a file too short for a mark: %j', async (short) => {
    expect(await textOf(gunzipped(pieces(Buffer.from(short), 1)))).toBe(short);
  });

  it('refuses a packed file that was cut, with the code of zlib', async () => {
    const cut = gzipSync(text).subarray(0, -9);
    await expect(textOf(gunzipped(pieces(cut, 10_000)))).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });

  it.each([gzipSync(text), Buffer.from(text)])(
    'lets go of its source when the reader stops early',
    async (bytes) => {
      const ended = Promise.withResolvers<void>();
      for await (const _ of gunzipped(pieces(bytes, 10, ended.resolve))) break;
      await ended.promise;
    },
  );
});
