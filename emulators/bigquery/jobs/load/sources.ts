import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gunzipped } from '../../../../runtime/gunzipped.ts';
import type { Staging } from '../../engine/staging.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { type ObjectAddress, type Objects, parseUri } from '../objects.ts';

/** One file of a load job. It may be read more than once: to detect its schema, then for its rows. */
export interface Source {
  readonly name: string;
  readonly size: number;
  bytes(): Promise<Readable>;
  /** A file that DuckDB may open. */
  file(): Promise<string>;
  dispose(): void;
}

export async function uploadedSource(path: string, staging: Staging): Promise<Source> {
  return {
    name: 'the uploaded file',
    size: (await stat(path)).size,
    bytes: async () => createReadStream(path, { highWaterMark: 256 * 1024 }),
    file: async () => path,
    dispose: () => staging.remove(path),
  };
}

export async function storedSources(
  uris: readonly string[],
  objects: Objects,
  staging: Staging,
): Promise<Source[]> {
  const found: Source[] = [];
  for (const uri of uris) {
    const address = parseUri(uri);
    const matches = address.name.includes('*') ? await matching(address, objects) : [address];
    if (matches.length === 0) throw new SqlError(`Not found: URI ${uri}`, undefined, 'notFound');
    for (const one of matches) found.push(await storedSource(one, objects, staging));
  }
  return found;
}

async function matching(address: ObjectAddress, objects: Objects): Promise<ObjectAddress[]> {
  const [prefix = '', ...rest] = address.name.split('*');
  if (rest.length > 1)
    throw new SqlError(
      `Source URI must not contain the '*' more than once: gs://${address.bucket}/${address.name}`,
      undefined,
      'invalid',
    );
  const suffix = rest[0] ?? '';
  const names = await objects.list(address.bucket, prefix);
  return names
    .filter((n) => n.endsWith(suffix) && n.length >= prefix.length + suffix.length)
    .map((name) => ({ bucket: address.bucket, name }));
}

async function storedSource(address: ObjectAddress, objects: Objects, staging: Staging): Promise<Source> {
  const size = await objects.size(address);
  let copy: string | undefined;
  return {
    name: `gs://${address.bucket}/${address.name}`,
    size,
    bytes: () => objects.read(address),
    file: async () => {
      if (copy === undefined) {
        copy = staging.newPath();
        await pipeline(await objects.read(address), createWriteStream(copy));
      }
      return copy;
    },
    dispose: () => {
      if (copy !== undefined) staging.remove(copy);
    },
  };
}

/** The bytes, unpacked if they are a gzip file whatever its name. */
export async function* unpacked(source: Source): AsyncGenerator<Uint8Array> {
  yield* gunzipped(await source.bytes());
}

const decoders: Readonly<Record<string, string>> = {
  'UTF-8': 'utf-8',
  'UTF-16LE': 'utf-16le',
  'UTF-16BE': 'utf-16be',
};

/** The text of a file, without a byte order mark. */
export async function* decoded(source: Source, encoding = 'UTF-8'): AsyncGenerator<string> {
  const name = encoding.toUpperCase();
  if (name === 'ISO-8859-1') {
    // Not TextDecoder's latin1, which is windows-1252.
    for await (const chunk of unpacked(source)) yield Buffer.from(chunk).toString('latin1');
    return;
  }
  const label = decoders[name];
  if (label === undefined)
    throw new SqlError(
      `Unsupported encoding ${encoding} (or not supported by the emulator)`,
      undefined,
      'invalid',
    );
  const decoder = new TextDecoder(label);
  for await (const chunk of unpacked(source)) yield decoder.decode(chunk, { stream: true });
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
