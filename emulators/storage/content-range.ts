import { invalidArgument } from './errors.ts';

/** What a PUT to an upload session says about itself. */
export type ContentRange =
  // `bytes */5` or `bytes */*`: how far are you? Carries no bytes.
  | { readonly kind: 'status'; readonly total: number | undefined }
  // `last` is undefined where the body's end is the object's end: `bytes 0-*/*`, or no header at all.
  | {
      readonly kind: 'bytes';
      readonly first: number;
      readonly last: number | undefined;
      readonly total: number | undefined;
    };

export function parseContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { kind: 'bytes', first: 0, last: undefined, total: undefined };
  const status = /^bytes \*\/(\d+|\*)$/.exec(header);
  if (status !== null) return { kind: 'status', total: numberOrStar(status[1]) };
  const span = /^bytes (\d+)-(-?\d+|\*)\/(\d+|\*)$/.exec(header);
  if (span === null) throw malformed(header);
  const first = Number(span[1]);
  const last = numberOrStar(span[2]);
  const total = numberOrStar(span[3]);
  // A last byte one before the first is no byte at all: the client writes `bytes 0--1/0` for an empty object.
  if (last !== undefined && (last < first - 1 || (total !== undefined && last >= total))) {
    throw malformed(header);
  }
  return { kind: 'bytes', first, last, total };
}

const numberOrStar = (text: string | undefined): number | undefined =>
  text === undefined || text === '*' ? undefined : Number(text);

const malformed = (header: string) => invalidArgument(`Failed to parse Content-Range header: ${header}`);
