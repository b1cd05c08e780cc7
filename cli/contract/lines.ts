import { closeSync, openSync, readSync } from 'node:fs';

const newline = 10;

/** The lines of a stream as bytes, since a message need not be text; empty ones are left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let open: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = joined([...open, chunk.subarray(start, end)]);
      if (line.length > 0) yield line;
      open = [];
      start = end + 1;
    }
    if (start < chunk.length) open.push(chunk.subarray(start));
  }
  const last = joined(open);
  if (last.length > 0) yield last;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
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
    this.file ??= openSync(this.path, 'r');
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
