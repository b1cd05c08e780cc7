import { closeSync, openSync, readSync } from 'node:fs';
import { InputError, messageOf } from '../../runtime/index.ts';

const newline = 10;

const carriageReturn = 13;

/** Pub/Sub takes no larger message: of a longer line no more is kept than shows that it is too long. */
const longestLine = 10_000_001;

export interface Line {
  /** As an editor counts them, from 1. */
  readonly number: number;
  /** Without its end. */
  readonly bytes: Uint8Array;
}

/** The lines of a stream as bytes, since a message need not be text; those of nothing but space are left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const open: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  const add = (part: Uint8Array) => {
    const kept = part.subarray(0, longestLine - length);
    if (kept.length > 0) open.push(kept);
    length += kept.length;
  };
  const take = () => {
    const bytes = withoutReturn(joined(open.splice(0)));
    length = 0;
    return { number: number++, bytes };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (!isBlank(line.bytes)) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = take();
  if (!isBlank(last.bytes)) yield last;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

/** Files that were on Windows end their lines with two characters. */
function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === carriageReturn);
}

/**
 * Reads a file line by line while another process adds to it: whoever writes a ledger writes a line before it sends
 * the message, so the line of a message that has come is there, even if a moment ago the file ended before it.
 */
export class GrowingFile {
  private readonly path: string;
  private file: number | undefined;
  private lines: string[] = [];
  private rest = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
  }

  /** Undefined when there is none yet. */
  next(): string | undefined {
    while (this.lines.length === 0 && this.readMore());
    return this.lines.shift();
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private readMore(): boolean {
    this.file ??= opened(this.path);
    const block = Buffer.alloc(65_536);
    const length = readSync(this.file, block);
    const bytes = Buffer.concat([this.rest, block.subarray(0, length)]);
    const end = bytes.lastIndexOf(newline) + 1;
    this.lines = bytes
      .subarray(0, end)
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    this.rest = bytes.subarray(end);
    return length > 0;
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new InputError('--ledger cannot be read', {
      expected: 'the file that orderlake generate --ledger wrote',
      got: `${path}: ${messageOf(error)}`,
      cause: error,
    });
  }
}
