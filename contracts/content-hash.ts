/**
 * A 64-bit hash over canonical content, as two lanes of 32 bits: each word is mixed into both lanes as
 * MurmurHash3 mixes a block (lane a: constants of x86_32; lane b: the third and fourth of x86_128), then
 * finished by its finaliser after the lanes were added to each other. BigInt or a 64-bit multiplication by
 * halves would cost several times as much.
 *
 * Canonical content is a sequence of words: a text is its length, then its UTF-16 code units in pairs, the
 * earlier one in the low half and a missing last one as 0; a number is its low and its high 32 bits in two's complement; an optional value
 * is 0 for null, else 1 and the value; a list is its length, then its elements. Fields come in the order of the
 * contract, values after correction, items and payments in ascending order of their number and without the
 * order_id, which is that of their order.
 */
export class ContentHash {
  private a = 0;
  private b = 0;
  private words = 0;

  reset(): void {
    this.a = 0x6f6c6973;
    this.b = 0x6c616b65;
    this.words = 0;
  }

  word(value: number): void {
    this.a = mixedA(this.a, value);
    this.b = mixedB(this.b, value);
    this.words++;
  }

  number(value: number): void {
    const low = value >>> 0;
    const high = (value - low) / 0x100000000;
    this.a = mixedA(mixedA(this.a, low), high);
    this.b = mixedB(mixedB(this.b, low), high);
    this.words += 2;
  }

  /** The lanes are kept in variables over the loop: as fields they would be stored and loaded per word. */
  text(value: string): void {
    const length = value.length;
    let a = mixedA(this.a, length);
    let b = mixedB(this.b, length);
    let i = 1;
    for (; i < length; i += 2) {
      const pair = value.charCodeAt(i - 1) | (value.charCodeAt(i) << 16);
      a = mixedA(a, pair);
      b = mixedB(b, pair);
    }
    if (i === length) {
      const last = value.charCodeAt(i - 1);
      a = mixedA(a, last);
      b = mixedB(b, last);
    }
    this.a = a;
    this.b = b;
    this.words += 1 + ((length + 1) >> 1);
  }

  /** What was written to a tape before; the lanes are kept in variables here as well. */
  tape(words: Int32Array, length: number): void {
    let { a, b } = this;
    for (let i = 0; i < length; i++) {
      const word = words[i] as number;
      a = mixedA(a, word);
      b = mixedB(b, word);
    }
    this.a = a;
    this.b = b;
    this.words += length;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    let a = this.a ^ this.words;
    let b = this.b ^ this.words;
    a = (a + b) | 0;
    b = (b + a) | 0;
    a = finalised(a);
    b = finalised(b);
    a = (a + b) | 0;
    b = (b + a) | 0;
    return hex8(a) + hex8(b);
  }
}

function mixedA(lane: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593) ^ lane;
  const turned = (k << 13) | (k >>> 19);
  // Times five: the next word waits for this, and a multiplication would take three times as long.
  return (turned + (turned << 2) + 0xe6546b64) | 0;
}

function mixedB(lane: number, word: number): number {
  let k = Math.imul(word, 0x38b34ae5);
  k = Math.imul((k << 18) | (k >>> 14), 0xa1e38b93) ^ lane;
  const turned = (k << 13) | (k >>> 19);
  return (turned + (turned << 2) + 0x96cd1c35) | 0;
}

function finalised(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** By hand: toString(16) and padStart stood out in the profile of decoding. */
function hex8(value: number): string {
  return String.fromCharCode(
    digit(value >>> 28),
    digit(value >>> 24),
    digit(value >>> 20),
    digit(value >>> 16),
    digit(value >>> 12),
    digit(value >>> 8),
    digit(value >>> 4),
    digit(value),
  );
}

function digit(value: number): number {
  const nibble = value & 15;
  return nibble < 10 ? 48 + nibble : 87 + nibble;
}
