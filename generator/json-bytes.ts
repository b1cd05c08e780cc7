import { DefectError } from '../runtime/index.ts';
import type { Id } from './random.ts';

const slabSize = 256 * 1024;
/** No message written here is longer; the fraudster's twelve lines come to about 5 KB. */
const largest = 16 * 1024;
const zero = 48;
const point = 46;
const dayMillis = 86_400_000;
const minuteMillis = 60_000;

const encoder = new TextEncoder();

/**
 * A piece of JSON that is written again and again, turned into bytes once; eight of them at a time are kept as one
 * float, the only way for JavaScript to move eight bytes by one instruction. No arithmetic is done with them.
 */
export interface Fragment {
  readonly words: Float64Array;
  readonly length: number;
}

export function fragment(text: string): Fragment {
  const { bytes, words } = wordsOf(text);
  return { words, length: bytes };
}

function wordsOf(text: string): { bytes: number; words: Float64Array } {
  const bytes = encoder.encode(text);
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Float64Array.from({ length: padded.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
  // All NaNs may become the same one. UTF-8 holds none of them as long as nobody writes a DEL.
  if (words.some(Number.isNaN)) throw new DefectError('this text cannot be written as words', { got: text });
  return { bytes: bytes.length, words };
}

/**
 * Pieces of one length by number, side by side: an order names products from all over the catalogue, and as objects
 * of their own each would cost four waits for the memory instead of one.
 */
export class Pieces {
  readonly length: number;
  readonly stride: number;
  words: Float64Array;

  constructor(length: number) {
    this.length = length;
    this.stride = Math.ceil(length / 8);
    this.words = new Float64Array(this.stride * 2_048);
  }

  /** No text is all zeros. */
  has(index: number): boolean {
    return (this.words[index * this.stride] ?? 0) !== 0;
  }

  put(index: number, text: string): void {
    const { bytes, words } = wordsOf(text);
    if (bytes !== this.length)
      throw new DefectError('a piece has another length', { expected: `${this.length}`, got: `${bytes}` });
    const at = index * this.stride;
    if (at + this.stride > this.words.length) {
      const larger = new Float64Array(2 * (at + this.stride));
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set(words, at);
  }
}

/** The texts of a range of numbers, four bytes each. */
function fours(count: number, textOf: (value: number) => string): Uint32Array {
  return Uint32Array.from({ length: count }, (_, value) => {
    const [a = 0, b = 0, c = 0, d = 0] = encoder.encode(textOf(value));
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  });
}

const digits = (value: number, width: number) => String(value).padStart(width, '0');
/** Two hexadecimal digits for each byte. */
const hexPairs = fours(256, (byte) => byte.toString(16).padStart(2, '0'));
const pairs = fours(100, (value) => digits(value, 2));
/** `07.` */
const seconds = fours(60, (value) => `${digits(value, 2)}.`);
/** `250Z` */
const millis = fours(1_000, (value) => `${digits(value, 3)}Z`);
/** `23:59:`, by the minute of the day. */
const minutes = Float64Array.from({ length: 1_440 }, (_, minute) => {
  const text = `${digits(Math.floor(minute / 60), 2)}:${digits(minute % 60, 2)}:`;
  return wordsOf(text).words[0] ?? 0;
});

/**
 * Writes messages one after another into a slab; a full slab is left to its messages and a new one begun. Every
 * method writes what JSON.stringify would, without the strings between. What is written in words may reach some
 * bytes too far: whatever comes next overwrites them.
 */
export class JsonBytes {
  at = 0;
  private bytes = new Uint8Array(slabSize);
  private view = new DataView(this.bytes.buffer);
  private start = 0;
  private readonly dates = new DateTexts();

  begin(): void {
    if (this.at + largest > slabSize) {
      this.bytes = new Uint8Array(slabSize);
      this.view = new DataView(this.bytes.buffer);
      this.at = 0;
    }
    this.start = this.at;
  }

  /** The message since `begin`. */
  end(): Uint8Array {
    return this.bytes.subarray(this.start, this.at);
  }

  fragment({ words, length }: Fragment): void {
    const { view, at } = this;
    for (let i = 0; i < words.length; i++) view.setFloat64(at + 8 * i, words[i] ?? 0, true);
    this.at = at + length;
  }

  piece({ words, length, stride }: Pieces, index: number): void {
    const { view, at } = this;
    const from = index * stride;
    for (let i = 0; i < stride; i++) view.setFloat64(at + 8 * i, words[from + i] ?? 0, true);
    this.at = at + length;
  }

  id({ a, b, c, d }: Id): void {
    this.hex(a);
    this.hex(b);
    this.hex(c);
    this.hex(d);
  }

  /** The 32 digits that stand at `from`, once more. */
  idAgain(from: number): void {
    const { view, at } = this;
    for (let i = 0; i < 32; i += 8) view.setFloat64(at + i, view.getFloat64(from + i, true), true);
    this.at = at + 32;
  }

  integer(value: number): void {
    if (value < 10) this.bytes[this.at++] = zero + value;
    else if (value < 100) this.two(value);
    else {
      const rest = value % 100;
      this.integer((value - rest) / 100);
      this.two(rest);
    }
  }

  /** `-v1`: the end of an event's id. */
  version(version: number): void {
    this.bytes[this.at] = 45;
    this.bytes[this.at + 1] = 118;
    this.at += 2;
    this.integer(version);
  }

  money(cents: number): void {
    const rest = cents % 100;
    this.integer((cents - rest) / 100);
    this.bytes[this.at++] = point;
    this.two(rest);
  }

  /** As toISOString writes it. */
  instant(micros: number): void {
    const { view, at } = this;
    const whole = Math.floor(micros / 1_000);
    const day = Math.floor(whole / dayMillis);
    this.dates.write(day, view, at);
    let rest = (whole - day * dayMillis) | 0;
    const minute = (rest / minuteMillis) | 0;
    rest -= minute * minuteMillis;
    const second = (rest / 1_000) | 0;
    view.setFloat64(at + 11, minutes[minute] ?? 0, true);
    view.setUint32(at + 17, seconds[second] ?? 0, true);
    view.setUint32(at + 20, millis[rest - second * 1_000] ?? 0, true);
    this.at = at + 24;
  }

  private two(value: number): void {
    this.view.setUint16(this.at, pairs[value] ?? 0, true);
    this.at += 2;
  }

  private hex(word: number): void {
    const { view, at } = this;
    const high = (hexPairs[word >>> 24] ?? 0) | ((hexPairs[(word >>> 16) & 255] ?? 0) << 16);
    const low = (hexPairs[(word >>> 8) & 255] ?? 0) | ((hexPairs[word & 255] ?? 0) << 16);
    view.setUint32(at, high, true);
    view.setUint32(at + 4, low, true);
    this.at = at + 8;
  }
}

/** The dates that are written are a few dozen at a time: kept by day, as two words each. */
class DateTexts {
  private readonly days = new Float64Array(256).fill(Number.NaN);
  private readonly words = new Float64Array(256 * 2);

  /** `2017-01-02T` */
  write(day: number, view: DataView, at: number): void {
    const slot = day & 255;
    if (this.days[slot] !== day) {
      this.days[slot] = day;
      this.words.set(wordsOf(new Date(day * dayMillis).toISOString().slice(0, 11)).words, slot * 2);
    }
    view.setFloat64(at, this.words[slot * 2] ?? 0, true);
    view.setFloat64(at + 8, this.words[slot * 2 + 1] ?? 0, true);
  }
}
