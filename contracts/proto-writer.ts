import { type Encoder, TextEncoder } from './host.ts';
import type { LastText } from './last-text.ts';

const twoTo28 = 0x10000000;
const twoTo32 = 0x100000000;

/** Rows are small, and an array buffer for each costs more than to write it: they share one of this size. */
const slabBytes = 65_536;

/** Field 1 of a list, of bytes; then the length of the row. */
const listTag = 0x0a;
const listed = 3;

/** From here on the host's encoder is quicker than writing character by character, where there is one. */
const longText = 200;

/**
 * Writes protobuf's wire format, row after row into one slab, of which every row is a part of its own. Text is
 * turned into UTF-8 by hand: QuickJS has no TextEncoder, and for short text Node's is slower. A lone surrogate
 * becomes U+FFFD, because the receiving side refuses a row whose text is not UTF-8.
 */
export class ProtoWriter {
  private bytes = new Uint8Array(slabBytes);
  private view = new DataView(this.bytes.buffer);
  private start = 0;
  private at = 0;
  private readonly encoder = TextEncoder && new TextEncoder();

  reset(): void {
    this.start = this.at;
    this.reserve(0);
  }

  /**
   * Begins a row that stands in a list: behind its tag, with room for a length of two bytes, which nearly every row has.
   */
  open(): void {
    this.reset();
    this.reserve(listed);
    this.bytes[this.at] = listTag;
    this.at += listed;
  }

  close(): void {
    const length = this.at - this.start - listed;
    if (lengthOfSmall(length) === 2) {
      this.bytes[this.start + 1] = (length & 127) | 128;
      this.bytes[this.start + 2] = length >> 7;
    } else this.closeAnew(length);
  }

  /** Behind itself, for what was repeated from it must stay where it is. */
  private closeAnew(length: number): void {
    this.reserve(length + 6);
    const from = this.start + listed;
    this.start = this.at;
    this.bytes[this.at++] = listTag;
    this.small(length);
    this.bytes.copyWithin(this.at, from, from + length);
    this.at += length;
  }

  /** The row that was written last stands in `slab`, between `from` and `to`. */
  get slab(): Uint8Array {
    return this.bytes;
  }

  get from(): number {
    return this.start;
  }

  get to(): number {
    return this.at;
  }

  /** Of one byte or two. Every write before it left room for it: to ask again would cost as much as to write. */
  tag(value: number): void {
    if (value < 0x80) this.bytes[this.at++] = value;
    else {
      this.bytes[this.at++] = (value & 127) | 128;
      this.bytes[this.at++] = value >> 7;
    }
  }

  /** Nobody overwrites it: the next row begins behind it. Not by `subarray`, which looks up whose kind to make. */
  finish(): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.start, this.at - this.start);
  }

  /** Unsigned, below 2^32. */
  small(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** int32 and int64 share this form; negative numbers take ten bytes. */
  integer(value: number): void {
    this.reserve(10);
    if (value < 0) this.negative(value);
    else if (value < twoTo28) this.small(value);
    else this.large(value);
  }

  private large(value: number): void {
    const low = value % twoTo28;
    this.bytes[this.at++] = (low & 127) | 128;
    this.bytes[this.at++] = ((low >>> 7) & 127) | 128;
    this.bytes[this.at++] = ((low >>> 14) & 127) | 128;
    this.bytes[this.at++] = (low >>> 21) | 128;
    this.small((value - low) / twoTo28);
  }

  private negative(value: number): void {
    let high = Math.floor(value / twoTo32);
    let low = (value - high * twoTo32) | 0;
    for (let i = 0; i < 9; i++) {
      this.bytes[this.at++] = (low & 127) | 128;
      low = (low >>> 7) | (high << 25);
      high >>= 7;
    }
    this.bytes[this.at++] = 1;
  }

  bool(value: boolean): void {
    this.reserve(1);
    this.bytes[this.at++] = value ? 1 : 0;
  }

  blob(value: Uint8Array): void {
    this.small(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** Cents as decimal text with two decimals, length first. */
  money(cents: number): void {
    this.reserve(24);
    const lengthAt = this.at++;
    if (cents < 0) this.bytes[this.at++] = 45;
    let rest = Math.abs(cents);
    let digits = 3;
    for (let bound = 1000; rest >= bound; bound *= 10) digits++;
    let end = this.at + digits;
    this.at = end + 1;
    for (let i = 0; i < digits; i++) {
      if (i === 2) this.bytes[end--] = 46;
      const tenth = Math.floor(rest / 10);
      this.bytes[end--] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    this.bytes[lengthAt] = this.at - lengthAt - 1;
  }

  /**
   * A text that the rows of one event share is copied, four bytes at a time, from where it was last written: to take
   * it character by character from the text costs four times as much.
   */
  repeated(value: string, last: LastText): void {
    const { slab, at, length } = last;
    if (value !== last.value) {
      // Room for all of it first, so that it stands where it begins now.
      this.reserve(value.length * 3 + 5);
      last.at = this.at;
      this.text(value);
      last.length = this.at - last.at;
      last.slab = this.view;
      last.value = value;
      return;
    }
    // The last copy may reach over the end, on either side: into room that is there, of bytes not yet written.
    this.reserve(length + 3);
    for (let i = 0; i < length; i += 4) this.view.setInt32(this.at + i, slab.getInt32(at + i));
    this.at += length;
  }

  /** Guesses that the text is ASCII, as nearly all of it is, and goes back for the length when it is not. */
  text(value: string): void {
    const length = value.length;
    this.reserve(length * 3 + 5);
    if (length >= longText && this.encoder !== undefined) {
      this.encoded(value, this.encoder);
      return;
    }
    const start = this.at;
    this.small(length);
    const bytes = this.bytes;
    let at = this.at;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) {
        this.restOfText(value, i, start, at);
        return;
      }
      bytes[at++] = unit;
    }
    this.at = at;
  }

  /** As above: the guess is right for ASCII; else what was written moves when its length takes more bytes. */
  private encoded(value: string, encoder: Encoder): void {
    const start = this.at;
    this.small(value.length);
    const guessed = this.at;
    const { written } = encoder.encodeInto(value, this.bytes.subarray(guessed));
    const from = start + lengthOfSmall(written);
    // Before the length is written: a longer one would overwrite where the text begins.
    if (from !== guessed) this.bytes.copyWithin(from, guessed, guessed + written);
    this.at = start;
    this.small(written);
    this.at += written;
  }

  /** From the first character that is not ASCII on; what is written before it stays where the length allows. */
  private restOfText(value: string, from: number, start: number, at: number): void {
    const wasAt = at - from;
    this.at = start;
    this.small(from + utf8Length(value, from));
    if (this.at === wasAt) {
      this.at = at;
      this.utf8(value, from);
    } else this.utf8(value, 0);
  }

  private utf8(value: string, from: number): void {
    const bytes = this.bytes;
    let at = this.at;
    for (let i = from; i < value.length; i++) {
      let unit = value.charCodeAt(i);
      if (unit < 0x80) {
        bytes[at++] = unit;
      } else if (unit < 0x800) {
        bytes[at++] = (unit >> 6) | 0xc0;
        bytes[at++] = (unit & 0x3f) | 0x80;
      } else {
        const point = pairAt(value, i, unit);
        if (point > 0xffff) {
          i++;
          bytes[at++] = (point >> 18) | 0xf0;
          bytes[at++] = ((point >> 12) & 0x3f) | 0x80;
          bytes[at++] = ((point >> 6) & 0x3f) | 0x80;
          bytes[at++] = (point & 0x3f) | 0x80;
          continue;
        }
        unit = point;
        bytes[at++] = (unit >> 12) | 0xe0;
        bytes[at++] = ((unit >> 6) & 0x3f) | 0x80;
        bytes[at++] = (unit & 0x3f) | 0x80;
      }
    }
    this.at = at;
  }

  /** Room for so many bytes and for the tag after them. */
  private reserve(more: number): void {
    if (this.at + more + 2 <= this.bytes.length) return;
    const begun = this.bytes.subarray(this.start, this.at);
    this.bytes = new Uint8Array(Math.max(slabBytes, (begun.length + more + 2) * 2));
    this.view = new DataView(this.bytes.buffer);
    this.bytes.set(begun);
    this.start = 0;
    this.at = begun.length;
  }
}

/** Bytes that `small` takes for a length; no row is as long as a fifth would allow. */
function lengthOfSmall(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

/** The code point at `i`: above 0xffff for a pair, U+FFFD for half of one. */
function pairAt(value: string, i: number, unit: number): number {
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  if (unit > 0xdbff || i + 1 >= value.length) return 0xfffd;
  const low = value.charCodeAt(i + 1);
  if (low < 0xdc00 || low > 0xdfff) return 0xfffd;
  return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

function utf8Length(value: string, from: number): number {
  let length = 0;
  for (let i = from; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (pairAt(value, i, unit) > 0xffff) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}
