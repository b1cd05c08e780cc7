import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The bytes, unpacked if they are a gzip file: known by its first bytes, since copies are renamed. */
export async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, whole } = await headed(chunks);
  if (head[0] !== 0x1f || head[1] !== 0x8b) yield* whole;
  // An error on either side ends both, and the reader hears of it.
  else
    yield* pipeline(
      Readable.from(whole, { objectMode: false }),
      createGunzip({ chunkSize: unpackedAtOnce }),
      () => {},
    );
}

const unpackedAtOnce = 256 * 1024;

/** The first bytes, so many at least unless there are fewer, and all of them, to be read once. */
export async function headed(chunks: AsyncIterable<Uint8Array>, atLeast = 2) {
  const rest = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < atLeast) {
    const { done, value } = await rest.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return { head, whole: chained(head, rest) };
}

async function* chained(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // A reader that stops early would leave the file open.
    await rest.return?.();
  }
}
