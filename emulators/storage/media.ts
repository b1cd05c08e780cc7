import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpAnswer } from '../frame/http-answer.ts';
import type { Backend } from './backends/backend.ts';
import { rangeNotSatisfiable } from './errors.ts';
import { parseRange } from './ranges.ts';
import type { ObjectRecord } from './records.ts';
import { etagOf } from './resources.ts';

/** The bytes of an object, or the span of them that the Range header asks for. */
export function media(record: ObjectRecord, headers: IncomingHttpHeaders, backend: Backend): HttpAnswer {
  if (isUnpacked(record, headers)) return unpacked(record, backend);
  const range = parseRange(headers.range, record.size);
  if (range === 'unsatisfiable') throw rangeNotSatisfiable();
  const span = range === 'whole' ? { start: 0, end: record.size } : range;
  const part =
    range === 'whole' ? {} : { 'content-range': `bytes ${span.start}-${span.end - 1}/${record.size}` };
  const encoding = record.fields.contentEncoding;
  return {
    status: range === 'whole' ? 200 : 206,
    headers: {
      ...mediaHeaders(record),
      ...part,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      'content-length': span.end - span.start,
    },
    body: backend.read(record.content, span),
  };
}

/** What HEAD answers too. */
export function mediaHeaders(record: ObjectRecord): Record<string, string | number> {
  const { contentType, contentDisposition, contentLanguage, cacheControl, contentEncoding } = record.fields;
  const headers = {
    'content-type': contentType ?? 'application/octet-stream',
    'content-disposition': contentDisposition,
    'content-language': contentLanguage,
    'cache-control': cacheControl,
    'accept-ranges': 'bytes',
    etag: etagOf(record),
    'last-modified': new Date(record.updated).toUTCString(),
    'x-goog-generation': record.generation,
    'x-goog-metageneration': record.metageneration,
    'x-goog-storage-class': 'STANDARD',
    // Clients compare the checksums only where they know that they are of the bytes on the wire.
    'x-goog-stored-content-encoding': contentEncoding ?? 'identity',
    'x-goog-stored-content-length': record.size,
    'x-goog-hash': `crc32c=${record.crc32c}${record.md5Hash === undefined ? '' : `,md5=${record.md5Hash}`}`,
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, headerValue(value)]],
    ),
  );
}

/** Decompressive transcoding: an object stored as gzip is unpacked for a reader that does not take gzip. */
function isUnpacked({ fields }: ObjectRecord, headers: IncomingHttpHeaders): boolean {
  if (fields.contentEncoding !== 'gzip' || /no-transform/.test(fields.cacheControl ?? '')) return false;
  return !/\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
}

function unpacked(record: ObjectRecord, backend: Backend): HttpAnswer {
  const bytes = backend.read(record.content, { start: 0, end: record.size });
  const packed = bytes instanceof Readable ? bytes : Readable.from([bytes]);
  const gunzip = createGunzip();
  packed.once('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  return {
    status: 200,
    headers: { ...mediaHeaders(record), warning: '214 UploadServer gunzipped' },
    body: gunzip,
  };
}

/** Text that a header cannot carry would throw in the server; the JSON resource shows it whole. */
const headerValue = (value: string | number): string | number =>
  typeof value === 'string' ? value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?') : value;
