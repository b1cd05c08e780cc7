import { createReadStream } from 'node:fs';
import { gunzipped, headed, InputError, messageOf } from '../../runtime/index.ts';

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
  const { head, whole } = await headed(chunks);
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new InputError('--from is not UTF-8', {
      expected: 'messages in UTF-8, one a line',
      got: `${name}, which is UTF-16`,
      action: 'Convert it first: iconv -f UTF-16 -t UTF-8',
    });
  yield* gunzipped(whole);
}
