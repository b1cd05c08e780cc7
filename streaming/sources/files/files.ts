import type { EventEmitter } from 'node:events';
import { createReadStream } from 'node:fs';
import type { File, Storage } from '@google-cloud/storage';
import {
  codeOf,
  gunzipped,
  InputError,
  messageOf,
  OrderlakeError,
  SetupError,
  TransientError,
} from '../../../runtime/index.ts';

/** Something with messages in it, one a line or as Pub/Sub archives them, plain or gzip. */
export interface MessageFile {
  readonly name: string;
  /** Its bytes, unpacked. */
  pieces(): AsyncIterable<Uint8Array>;
}

const bucketScheme = 'gs://';

/** A file on this machine, or every object below a prefix of a bucket, in the order of their names. */
export async function* messageFiles(
  from: string,
  storage: () => Promise<Storage>,
): AsyncGenerator<MessageFile> {
  if (from.startsWith(bucketScheme)) yield* objectsBelow(from, await storage());
  else
    yield { name: from, pieces: () => unpacked(createReadStream(from), (error) => unreadable(from, error)) };
}

async function* objectsBelow(from: string, storage: Storage): AsyncGenerator<MessageFile> {
  const [bucket = '', ...rest] = from.slice(bucketScheme.length).split('/');
  const prefix = rest.join('/');
  if (bucket === '') {
    throw new InputError('--from names no bucket', { expected: 'gs://bucket/prefix', got: from });
  }
  let found = 0;
  // Page by page: an archive of years has more names than should lie in memory.
  let query: object | null = { prefix, autoPaginate: false, maxResults: 1_000 };
  while (query) {
    const [files, next] = await listed(storage, bucket, query);
    for (const file of files) {
      // What a console leaves as a folder.
      if (file.name.endsWith('/')) continue;
      found++;
      const name = `${bucketScheme}${bucket}/${file.name}`;
      yield { name, pieces: () => unpacked(bytesOf(file), (error) => storageError(name, error)) };
    }
    query = next;
  }
  if (found === 0) {
    throw new InputError('there is nothing to read', { expected: `objects below ${from}`, got: 'none' });
  }
}

/** As they lie there: packed ones are known by their bytes, not by what the object says of itself. */
function bytesOf(file: File): AsyncIterable<Uint8Array> {
  return file.createReadStream({ decompress: false }).on('response', ({ body }: { body?: EventEmitter }) => {
    // The client chains so many streams behind one body that Node warns of a leak that there is not.
    body?.setMaxListeners(20);
  });
}

async function listed(storage: Storage, bucket: string, query: object) {
  try {
    const [files, next] = await storage.bucket(bucket).getFiles(query);
    return [files, next as object | null] as const;
  } catch (error) {
    throw storageError(`${bucketScheme}${bucket}`, error);
  }
}

async function* unpacked(
  source: AsyncIterable<Uint8Array>,
  known: (error: unknown) => OrderlakeError,
): AsyncGenerator<Uint8Array> {
  try {
    yield* gunzipped(source);
  } catch (error) {
    throw error instanceof OrderlakeError ? error : known(error);
  }
}

function unreadable(name: string, cause: unknown): InputError {
  const expected = 'a file of one message a line, or an Avro archive of Pub/Sub, plain or gzip';
  return new InputError('--from cannot be read', { expected, got: `${name}: ${messageOf(cause)}`, cause });
}

/** By the status of the service: what a person must mend, what is broken, and what passes. */
function storageError(name: string, cause: unknown): OrderlakeError {
  const fields = { got: messageOf(cause), cause };
  const code = codeOf(cause);
  if (typeof code === 'string' && code.startsWith('Z_')) return unreadable(name, cause);
  if (code === 404) return new InputError(`${name} is not there`, fields);
  if (code === 401 || code === 403) {
    return new SetupError(`${name} may not be read`, {
      ...fields,
      action: 'Grant roles/storage.objectViewer on its bucket to the account of the worker',
    });
  }
  return new TransientError(`reading ${name} was cut short`, {
    ...fields,
    action: 'Start again: what was written before is only written once more, which changes nothing',
  });
}
