import type { Reader } from 'protobufjs';

const longest = 16;
const places = 64;

interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Short texts that come again and again, as the names of attributes do: to recognise one by its bytes takes a fraction
 * of what it takes to make it. Bounded: a text takes the place of another that falls on the same.
 */
export class FamiliarTexts {
  private readonly known = new Array<Known | undefined>(places).fill(undefined);

  /** The text that comes next, behind its length. */
  read(reader: Reader): string {
    const { buf, pos } = reader;
    const length = buf[pos] ?? 0;
    if (length === 0 || length > longest || pos + length >= reader.len) return reader.string();
    const first = buf[pos + 1] ?? 0;
    const last = buf[pos + length] ?? 0;
    const place = (length * 7 + first * 3 + last) % places;
    const known = this.known[place];
    if (known !== undefined && stands(known.bytes, buf, pos + 1, length)) {
      reader.pos = pos + 1 + length;
      return known.text;
    }
    const text = reader.string();
    this.known[place] = { bytes: Uint8Array.from(buf.subarray(pos + 1, pos + 1 + length)), text };
    return text;
  }
}

function stands(bytes: Uint8Array, buf: Uint8Array, from: number, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== buf[from + i]) return false;
  return true;
}
