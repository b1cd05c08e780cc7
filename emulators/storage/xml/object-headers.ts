import type { IncomingHttpHeaders } from 'node:http';
import { type Provided, parseHashHeader } from '../checksums.ts';
import { mediaHeaders } from '../media.ts';
import { limitedMetadata } from '../object-fields.ts';
import type { ObjectFields, ObjectRecord } from '../records.ts';
import { headerText } from '../uploads/media.ts';

const custom = 'x-goog-meta-';

/** What an upload says of its object. */
export function fieldsOf(headers: IncomingHttpHeaders): ObjectFields {
  const text = (name: string) => headerText(headers[name]);
  const fields = {
    contentType: text('content-type'),
    contentEncoding: text('content-encoding'),
    contentDisposition: text('content-disposition'),
    contentLanguage: text('content-language'),
    cacheControl: text('cache-control'),
    customTime: text('x-goog-custom-time'),
    storageClass: text('x-goog-storage-class'),
  };
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(custom) ? [[name.slice(custom.length), headerText(value) ?? '']] : [],
  );
  return {
    ...(Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as ObjectFields),
    ...(metadata.length === 0 ? {} : { metadata: limitedMetadata(Object.fromEntries(metadata)) }),
  };
}

export function checksumsOf(headers: IncomingHttpHeaders): readonly Provided[] {
  const md5Hash = headerText(headers['content-md5']);
  return [parseHashHeader(headerText(headers['x-goog-hash'])), md5Hash === undefined ? {} : { md5Hash }];
}

/** Here the tag is the MD5 in hexadecimal, which some readers compare with the bytes. */
export function xmlEtag({ md5Hash, generation }: ObjectRecord): string {
  const bytes = md5Hash === undefined ? Buffer.from(`-${generation}`) : Buffer.from(md5Hash, 'base64');
  return `"${md5Hash === undefined ? bytes.toString() : bytes.toString('hex')}"`;
}

export function headersOf(record: ObjectRecord): Record<string, string | number> {
  const metadata = Object.entries(record.fields.metadata ?? {}).map(([key, value]) => [
    `${custom}${key.toLowerCase()}`,
    value,
  ]);
  // A key that is no header name is shown by the JSON API only.
  const possible = metadata.filter(
    ([name = '', value = '']) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !/[^\t\x20-\x7e]/.test(value),
  );
  return { ...mediaHeaders(record), etag: xmlEtag(record), ...Object.fromEntries(possible) };
}
