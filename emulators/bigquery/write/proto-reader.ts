/** Walks the fields of one protobuf message in place; nothing is copied until a value is asked for. */
export class ProtoReader {
  readonly bytes: Buffer;
  #words: DataView | undefined;
  position: number;
  end: number;
  /** The 64 bits that `varint` read last, as two halves. */
  low = 0;
  high = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** The same reader over another stretch of the same bytes. */
  seek(start: number, end: number): void {
    this.position = start;
    this.end = end;
  }

  /** Of the same bytes, to look at four of them at once. */
  get words(): DataView {
    this.#words ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    return this.#words;
  }

  /** Into `low` and `high`: no bigint is made. */
  varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) throw new RangeError('a varint of more than ten bytes');
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    this.low = low;
    this.high = high;
  }

  /** Tag of the next field; 0 at the end. */
  tag(): number {
    return this.position < this.end ? this.uint32() : 0;
  }

  uint32(): number {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.#byte();
      // Negative int32 and long tags run to ten bytes; what is beyond 32 bits is sign.
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
      shift += 7;
    }
  }

  /** As bigint, two's complement of 64 bits. */
  int64(): bigint {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low += bits * 2 ** shift;
      else high += bits * 2 ** (shift - 28);
      if (byte < 0x80) break;
      if (shift > 63) throw new RangeError('a varint of more than ten bytes');
    }
    if (high < 2 ** 25) return BigInt(high * 2 ** 28 + low);
    return BigInt.asIntN(64, (BigInt(high) << 28n) | BigInt(low));
  }

  /** Start of a length-delimited value; its end is returned and the position stands at the start. */
  lengthDelimited(): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > this.end) throw new RangeError('a length beyond the end of its message');
    return end;
  }

  text(): string {
    const end = this.lengthDelimited();
    const value = this.bytes.toString('utf8', this.position, end);
    this.position = end;
    return value;
  }

  slice(): Buffer {
    const end = this.lengthDelimited();
    const value = this.bytes.subarray(this.position, end);
    this.position = end;
    return value;
  }

  message(): ProtoReader {
    const end = this.lengthDelimited();
    const reader = new ProtoReader(this.bytes, this.position, end);
    this.position = end;
    return reader;
  }

  skip(wireType: number): void {
    if (wireType === 0) while (this.#byte() >= 0x80);
    else if (wireType === 1) this.position += 8;
    else if (wireType === 2) this.position = this.lengthDelimited();
    else if (wireType === 5) this.position += 4;
    else throw new RangeError(`wire type ${wireType}`);
    if (this.position > this.end) throw new RangeError('a value beyond the end of its message');
  }

  /** Moves over a value of fixed width and gives where it began. */
  fixed(width: number): number {
    const at = this.position;
    this.position += width;
    if (this.position > this.end) throw new RangeError('a value beyond the end of its message');
    return at;
  }

  #byte(): number {
    if (this.position >= this.end) throw new RangeError('a varint beyond the end of its message');
    return this.bytes[this.position++] as number;
  }
}
