import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type { Bucket, File } from '@google-cloud/storage';
import { DefectError, messageOf, SetupError, TransientError } from '../runtime/index.ts';
import type { ObjectStore } from './object-store.ts';

/** Above this size an upload is worth the extra requests of a resumable session. */
const largestSimpleUpload = 8 * 1024 * 1024;
/** Without one, a connection that hangs after it was made would hold a commit for ever. */
const uploadTimeoutMillis = 60_000;

/**
 * Objects of one bucket below a prefix. The client is handed in: where it looks for Cloud Storage, and with
 * what credentials, is not this room's business.
 */
export function googleCloudStorage(bucket: Bucket, prefix = ''): ObjectStore {
  const folder = prefix.replace(/^\/+|\/+$/g, '');
  const inBucket = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const fileOf = (name: string) => bucket.file(inBucket(name));
  const place = (name: string) => `gs://${bucket.name}/${inBucket(name)}`;
  return {
    root: place('').replace(/\/$/, ''),

    async get(name) {
      try {
        return await download(fileOf(name));
      } catch (error) {
        if (statusOf(error) === 404 && !/bucket does not exist/i.test(messageOf(error))) return undefined;
        throw translated(error, place(name));
      }
    },

    async put(name, bytes, condition) {
      try {
        await fileOf(name).save(view(bytes), {
          resumable: bytes.length > largestSimpleUpload,
          timeout: uploadTimeoutMillis,
          // The client's own check costs 10 ns a byte and speaks up after the object is there. A digest sent
          // along costs a sixth of that, and makes the service refuse what arrives damaged.
          validation: false,
          metadata: { contentType: contentTypeOf(name), md5Hash: md5(bytes) },
          ...(condition ? { preconditionOpts: { ifGenerationMatch: condition.ifGeneration } } : {}),
        });
        return 'stored';
      } catch (error) {
        if (statusOf(error) === 412) return 'refused';
        throw translated(error, place(name));
      }
    },

    async *list(listed) {
      const start = folder === '' ? '' : `${folder}/`;
      try {
        for await (const file of bucket.getFilesStream({ prefix: `${start}${listed}` })) {
          const { name, metadata } = file as File;
          yield { name: name.slice(start.length), size: Number(metadata.size ?? 0) };
        }
      } catch (error) {
        throw translated(error, place(listed));
      }
    },

    async delete(name) {
      try {
        await fileOf(name).delete({ ignoreNotFound: true });
      } catch (error) {
        throw translated(error, place(name));
      }
    },
  };
}

/** One request for bytes and generation: asked for separately, they could be of two different writes. */
async function download(file: File): Promise<{ bytes: Uint8Array; generation: string }> {
  const stream = file.createReadStream({ decompress: false });
  let generation: unknown;
  stream.on('response', (response: { headers: Record<string, unknown>; body?: EventEmitter }) => {
    generation = response.headers['x-goog-generation'];
    // The client chains so many streams behind one body that Node warns of a leak that there is not.
    response.body?.setMaxListeners(20);
  });
  const bytes = await buffer(stream);
  if (typeof generation !== 'string') {
    throw new DefectError('a download did not say its generation', {
      expected: 'a header x-goog-generation',
    });
  }
  return { bytes, generation };
}

function contentTypeOf(name: string): string {
  if (name.endsWith('.json')) return 'application/json';
  return name.endsWith('.text') ? 'text/plain' : 'application/octet-stream';
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Into our classes, by whether trying again can help. Errors of the program itself stay what they are. */
function translated(error: unknown, place: string): unknown {
  const status = statusOf(error);
  const fields = { got: messageOf(error).replace(/\.+$/, ''), cause: error };
  if (status === 401 || status === 403) {
    return new SetupError(`access to ${place} was denied`, {
      ...fields,
      action: 'grant the account roles/storage.objectUser on the bucket',
    });
  }
  if (status === 404)
    return new SetupError(`${place} cannot be reached`, { ...fields, action: 'create the bucket' });
  if (status === 408 || status === 429 || (typeof status === 'number' && status >= 500)) {
    return new TransientError(`Cloud Storage did not answer for ${place}`, fields);
  }
  const network = typeof status === 'string' || (error instanceof Error && error.name === 'FetchError');
  if (network) return new TransientError(`the connection for ${place} failed`, fields);
  if (typeof status === 'number')
    return new DefectError(`Cloud Storage refused a request for ${place}`, fields);
  return error;
}
