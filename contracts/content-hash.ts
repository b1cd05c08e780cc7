/**
 * A 64-bit hash over canonical content, as two lanes of 32 bits: each word is mixed into both lanes as
 * MurmurHash3 mixes a block (lane a: constants of x86_32; lane b: the third and fourth of x86_128), then
 * finished by its finaliser after the lanes were added to each other. BigInt or a 64-bit multiplication by
 * halves would cost several times as much.
 *
 * Canonical content is a sequence of words: a text is its length, then its UTF-16 code units in pairs, the
 * earlier one in the low half; a number is its low and its high 32 bits in two's complement; an optional value
 * is 0 for null, else 1 and the value; a list is its length, then its elements. Fields come in the order of the
 * contract, values after correction, items and payments in ascending order of their number.
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
    let k = Math.imul(value, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593) ^ this.a;
    this.a = (Math.imul((k << 13) | (k >>> 19), 5) + 0xe6546b64) | 0;
    k = Math.imul(value, 0x38b34ae5);
    k = Math.imul((k << 18) | (k >>> 14), 0xa1e38b93) ^ this.b;
    this.b = (Math.imul((k << 13) | (k >>> 19), 5) + 0x96cd1c35) | 0;
    this.words++;
  }

  number(value: number): void {
    const low = value >>> 0;
    this.word(low);
    this.word((value - low) / 0x100000000);
  }

  text(value: string): void {
    const length = value.length;
    this.word(length);
    const even = length & ~1;
    for (let i = 0; i < even; i += 2) this.word(value.charCodeAt(i) | (value.charCodeAt(i + 1) << 16));
    if (even !== length) this.word(value.charCodeAt(even));
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

function finalised(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
