/** Bytes that grow at their end, and the numbers that Parquet writes into them. */
export class Bytes {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What has been written, without a copy: it changes when more is written. */
  written(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  uint8(value: number): void {
    this.#grow(1);
    this.#buffer[this.#length++] = value;
  }

  uint32(value: number): void {
    this.#grow(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  /** Seven bits a byte, the least significant first; exact for every safe integer from 0 on. */
  varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.uint8((rest & 0x7f) | 0x80);
      rest = rest > 0x7fffffff ? Math.floor(rest / 0x80) : rest >>> 7;
    }
    this.uint8(rest);
  }

  /** Small numbers of either sign in few bytes: 0, -1, 1, -2, … as 0, 1, 2, 3, … */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  append(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #grow(by: number): void {
    const needed = this.#length + by;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.written());
    this.#buffer = larger;
  }
}
