import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import avro from 'avsc';
import type { Instant } from '../../../contracts/index.ts';
import { InputError, messageOf, OrderlakeError } from '../../../runtime/index.ts';
import type { Kept } from './kept.ts';

/** What Pub/Sub writes of a message where it is asked for its metadata; without them only `data`. */
interface Archived {
  readonly data?: unknown;
  readonly message_id?: string;
  /** Microseconds. */
  readonly publish_time?: number;
  /** All else that belongs to the message is among them, an ordering key too. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** As many at once as Node's object streams hold. */
const atOnce = 16;

/**
 * Messages as a Cloud Storage subscription archives them: an Avro file of
 * com.google.pubsub.PubsubMessageWithMetadata. Each is what its subscribers got, by id, time and attributes.
 */
export async function* archivedIn(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Kept[]> {
  const decoder = new avro.streams.BlockDecoder();
  let mark: Buffer | undefined;
  decoder.once('metadata', (_type, _codec, { sync }: { sync: Buffer }) => {
    mark = sync;
  });
  const end = { bytes: new Uint8Array(0) };
  // What goes wrong in the file ends the reading below as well, with its error.
  pipeline(Readable.from(remembering(pieces, end), { objectMode: false }), decoder, () => {});
  const name = basename(file);
  let count = 0;
  let gathered: Kept[] = [];
  try {
    for await (const record of decoder as AsyncIterable<Archived>) {
      gathered.push(keptOf(record, `${name}:${++count}`));
      if (gathered.length < atOnce) continue;
      yield gathered;
      gathered = [];
    }
  } catch (error) {
    throw error instanceof OrderlakeError ? error : unreadable(messageOf(error));
  }
  yield gathered;
  // The decoder takes a file that ends amid a block for one that ends before it.
  if (!mark?.equals(end.bytes)) throw unreadable('it is cut short');

  function keptOf(record: Archived, place: string): Kept {
    const { data, message_id: messageId = place, publish_time: publishedAt, attributes = {} } = record;
    if (!(data instanceof Uint8Array)) throw unreadable(`a record without bytes in \`data\` (${place})`);
    return { bytes: data, messageId, attributes, publishedAt: publishedAt as Instant | undefined };
  }

  function unreadable(got: string): InputError {
    return new InputError('--from holds an Avro file that cannot be read', {
      expected: 'messages as a Cloud Storage subscription of Pub/Sub writes them, with or without metadata',
      got: `${file}: ${got}`,
    });
  }
}

/** Each block, and the header, ends in the same sixteen bytes. */
const markBytes = 16;

async function* remembering(
  pieces: AsyncIterable<Uint8Array>,
  end: { bytes: Uint8Array },
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    const last = piece.length < markBytes ? Buffer.concat([end.bytes, piece]) : piece;
    end.bytes = Buffer.from(last.subarray(-markBytes));
    yield piece;
  }
}
