import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, messageOf } from '../../runtime/index.ts';

/** The bytes of a file of messages, or of standard input for `-`; what is packed with gzip is unpacked. */
export async function* messageBytes(from: string): AsyncGenerator<Uint8Array> {
  const name = from === '-' ? 'standard input' : from;
  try {
    yield* unpacked(from === '-' ? process.stdin : createReadStream(from), name);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('--from cannot be read', {
      expected: 'a file of one message a line, plain or gzip',
      got: `${name}: ${messageOf(error)}`,
      cause: error,
    });
  }
}

async function* unpacked(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { head, rest } = await begun(chunks);
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new InputError('--from is not UTF-8', {
      expected: 'messages in UTF-8, one a line',
      got: `${name}, which is UTF-16`,
      action: 'Convert it first: iconv -f UTF-16 -t UTF-8',
    });
  const whole = chained(head, rest);
  if (first !== 0x1f || second !== 0x8b) yield* whole;
  // What goes wrong in the source ends the reading below as well, with its error.
  else yield* pipeline(Readable.from(whole, { objectMode: false }), createGunzip(), () => {});
}

/** The first bytes, two at least unless there are fewer, and what comes after them. */
async function begun(chunks: AsyncIterable<Uint8Array>) {
  const rest = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const { done, value } = await rest.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return { head, rest };
}

async function* chained(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
