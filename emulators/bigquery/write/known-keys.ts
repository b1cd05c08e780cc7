const empty = 0;
const segmentBits = 6;

/**
 * The keys a table may hold, as 64-bit hashes in 16 bytes or less each. A key that is not in here is certainly new: its row needs
 * no look at the table. Two keys of one hash only cost that look. They lie in segments that grow one by one: to sort
 * half a million anew at once takes a long moment, and misses the processor's cache with each.
 */
export class KnownKeys {
  readonly #segments = Array.from({ length: 1 << segmentBits }, () => new Segment());

  get size(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, 0);
  }

  /** False if it was there already. */
  add(low: number, high: number): boolean {
    return (this.#segments[high >>> (32 - segmentBits)] as Segment).add(low, high);
  }

  /** Of each key two halves, one after the other. */
  addAll(hashes: Int32Array, keys = hashes.length / 2): void {
    for (let i = 0; i < keys * 2; i += 2) this.add(hashes[i] as number, hashes[i + 1] as number);
  }
}

class Segment {
  #slots = new Int32Array(2 * 64);
  count = 0;

  add(low: number, high: number): boolean {
    // A slot of two zeros is free, so that hash is kept as another.
    const first = low === empty && high === empty ? 1 : low;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = (first << 1) & mask; ; at = (at + 2) & mask) {
      const here = slots[at];
      const there = slots[at + 1];
      if (here === first && there === high) return false;
      if (here === empty && there === empty) {
        slots[at] = first;
        slots[at + 1] = high;
        break;
      }
    }
    if (++this.count * 10 > slots.length * 3) this.#grow();
    return true;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    this.count = 0;
    for (let i = 0; i < before.length; i += 2)
      if (before[i] !== empty || before[i + 1] !== empty)
        this.add(before[i] as number, before[i + 1] as number);
  }
}

/** Of the bytes of a text, two halves; columns of a key are chained through `into`. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, into: Int32Array, at: number): void {
  let a = (into[at] as number) ^ 0x2f0b4c47;
  let b = (into[at + 1] as number) ^ (end - start);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    a = Math.imul(a ^ word, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca77);
    b = (b << 13) | (b >>> 19);
  }
  for (; i < end; i++) {
    a = Math.imul(a ^ (bytes[i] as number), 0x01000193);
    b = Math.imul(b + (bytes[i] as number) + 1, 0xc2b2ae3d);
  }
  finish(a, b, into, at);
}

export function hashNumber(low: number, high: number, into: Int32Array, at: number): void {
  const a = Math.imul((into[at] as number) ^ low, 0x9e3779b1) ^ Math.imul(high, 0x27d4eb2f);
  const b = Math.imul((into[at + 1] as number) ^ high, 0x85ebca77) + Math.imul(low, 0xc2b2ae3d);
  finish(a, b, into, at);
}

function finish(a: number, b: number, into: Int32Array, at: number): void {
  let x = a ^ (b >>> 16);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  let y = b ^ x;
  y = Math.imul(y ^ (y >>> 16), 0x21f0aaad);
  y = Math.imul(y ^ (y >>> 15), 0x735a2d97);
  into[at] = x ^ (x >>> 16);
  into[at + 1] = y ^ (y >>> 15);
}

/** One hash of a key's columns, each of which has left its part. (0, 0) is kept for "not known". */
export function combineParts(parts: Int32Array, into: Int32Array, at: number): void {
  let a = 0;
  let b = 0;
  for (let i = 0; i < parts.length; i += 2) {
    a = (Math.imul(a, 31) + (parts[i] as number)) | 0;
    b = (Math.imul(b, 37) + (parts[i + 1] as number)) | 0;
  }
  into[at] = a === 0 && b === 0 ? 1 : a;
  into[at + 1] = b;
}
