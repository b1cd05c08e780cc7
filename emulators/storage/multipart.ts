import { invalidArgument } from './errors.ts';

const headLimitBytes = 64 * 1024;
const carriageReturn = 0x0d;

/**
 * Takes a multipart/related body apart as it streams by (RFC 2046, 5.1).
 *
 * preamble → head of a part ⇄ body of a part → epilogue. Only what may still become the delimiter is held back, so
 * a part of any size passes in constant memory, and all but a few of its chunks uncopied.
 */
export class MultipartParser {
  readonly #delimiter: Buffer;
  #state: 'preamble' | 'head' | 'body' | 'epilogue' = 'preamble';
  // The first delimiter may stand at the very beginning, without the line break that belongs to the others.
  #held: Buffer = Buffer.from('\r\n');

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  get isComplete(): boolean {
    return this.#state === 'epilogue';
  }

  *push(chunk: Uint8Array): Generator<PartEvent> {
    let rest = this.#held.length === 0 ? bufferOf(chunk) : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const before: number = rest.length;
      if (this.#state === 'epilogue') rest = Buffer.alloc(0);
      else if (this.#state === 'head') rest = yield* this.#head(rest);
      else rest = yield* this.#untilDelimiter(rest);
      if (rest.length === before || rest.length === 0) break;
    }
    this.#held = rest;
  }

  *#head(bytes: Buffer): Generator<PartEvent, Buffer> {
    // `--boundary--` ends the body; `--boundary` CRLF begins a part.
    if (bytes.length < 2) return bytes;
    if (bytes.toString('latin1', 0, 2) === '--') {
      this.#state = 'epilogue';
      return bytes.subarray(2);
    }
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      if (bytes.length > headLimitBytes)
        throw invalidArgument('Malformed multipart body: a part without end of headers.');
      return bytes;
    }
    this.#state = 'body';
    yield { kind: 'part', headers: parseHeaders(bytes.toString('utf8', 0, end)) };
    return bytes.subarray(end + 4);
  }

  *#untilDelimiter(bytes: Buffer): Generator<PartEvent, Buffer> {
    const found = bytes.indexOf(this.#delimiter);
    const end = found >= 0 ? found : this.#unfinishedFrom(bytes);
    if (this.#state === 'body' && end > 0) yield { kind: 'bytes', bytes: bytes.subarray(0, end) };
    if (found < 0) return bytes.subarray(end);
    this.#state = 'head';
    return bytes.subarray(found + this.#delimiter.length);
  }

  /** Where a delimiter begins that the next chunk may end. A boundary has no line break, so only the last one can. */
  #unfinishedFrom(bytes: Buffer): number {
    const start = bytes.lastIndexOf(carriageReturn);
    const length = bytes.length - start;
    if (start < 0 || length >= this.#delimiter.length) return bytes.length;
    return bytes.compare(this.#delimiter, 0, length, start) === 0 ? start : bytes.length;
  }
}

export type PartEvent =
  | { readonly kind: 'part'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** The boundary of a multipart Content-Type, quoted or not. */
export function boundaryOf(contentType: string | undefined): string {
  const [, quoted, plain] =
    /^multipart\/related\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) {
    throw invalidArgument(
      `Expected Content-Type multipart/related with a boundary, got ${String(contentType)}.`,
    );
  }
  return boundary;
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}
