import type { Id } from './random.ts';

const slabSize = 256 * 1024;
/** No message written here is longer; the fraudster's twelve lines come to about 5 KB. */
const largest = 16 * 1024;
const zero = 48;
const dayMillis = 86_400_000;

const encoder = new TextEncoder();

/** A piece of JSON that is written again and again, turned into bytes once. */
export function fragment(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Two hexadecimal digits for each byte, as one number. */
const hexPairs = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
});

/**
 * Writes messages one after another into a slab; a full slab is left to its messages and a new one begun. Every
 * method writes what JSON.stringify would, without the strings between.
 */
export class JsonBytes {
  at = 0;
  private bytes = new Uint8Array(slabSize);
  private start = 0;
  private readonly dates = new DateTexts();

  begin(): void {
    if (this.at + largest > slabSize) {
      this.bytes = new Uint8Array(slabSize);
      this.at = 0;
    }
    this.start = this.at;
  }

  /** The message since `begin`. */
  end(): Uint8Array {
    return this.bytes.subarray(this.start, this.at);
  }

  fragment(piece: Uint8Array): void {
    const { bytes, at } = this;
    const { length } = piece;
    // The call costs more than so few bytes.
    if (length > 24) bytes.set(piece, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = piece[i] ?? 0;
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
    this.bytes.copyWithin(this.at, from, from + 32);
    this.at += 32;
  }

  integer(value: number): void {
    const { bytes } = this;
    if (value < 10) {
      bytes[this.at++] = zero + value;
      return;
    }
    let end = this.at;
    for (let rest = value; rest >= 1; rest = Math.floor(rest / 10)) end++;
    let rest = value;
    for (let at = end - 1; at >= this.at; at--) {
      const tenth = Math.floor(rest / 10);
      bytes[at] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.at = end;
  }

  /** `-v1`: the end of an event's id. */
  version(version: number): void {
    this.bytes[this.at] = 45;
    this.bytes[this.at + 1] = 118;
    this.at += 2;
    this.integer(version);
  }

  money(cents: number): void {
    const whole = Math.floor(cents / 100);
    this.integer(whole);
    this.bytes[this.at++] = 46;
    this.two(cents - whole * 100);
  }

  /** As toISOString writes it. */
  instant(micros: number): void {
    const millis = Math.floor(micros / 1_000);
    const day = Math.floor(millis / dayMillis);
    this.dates.write(day, this.bytes, this.at);
    this.at += 11;
    let rest = millis - day * dayMillis;
    const hour = (rest / 3_600_000) | 0;
    rest -= hour * 3_600_000;
    const minute = (rest / 60_000) | 0;
    rest -= minute * 60_000;
    const second = (rest / 1_000) | 0;
    rest -= second * 1_000;
    this.two(hour);
    this.bytes[this.at++] = 58;
    this.two(minute);
    this.bytes[this.at++] = 58;
    this.two(second);
    this.bytes[this.at++] = 46;
    const hundreds = (rest / 100) | 0;
    this.bytes[this.at++] = zero + hundreds;
    this.two(rest - hundreds * 100);
    this.bytes[this.at++] = 90;
  }

  private two(value: number): void {
    const tens = (value / 10) | 0;
    this.bytes[this.at] = zero + tens;
    this.bytes[this.at + 1] = zero + value - tens * 10;
    this.at += 2;
  }

  private hex(word: number): void {
    const { bytes, at } = this;
    for (let i = 0; i < 4; i++) {
      const pair = hexPairs[(word >>> (24 - 8 * i)) & 255] ?? 0;
      bytes[at + 2 * i] = pair & 255;
      bytes[at + 2 * i + 1] = pair >>> 8;
    }
    this.at = at + 8;
  }
}

/** The dates that are written are a few dozen at a time: kept as bytes, by day. */
class DateTexts {
  private readonly days = new Float64Array(256).fill(Number.NaN);
  private readonly texts = new Uint8Array(256 * 11);

  /** `2017-01-02T` */
  write(day: number, bytes: Uint8Array, at: number): void {
    const slot = day & 255;
    if (this.days[slot] !== day) {
      this.days[slot] = day;
      this.texts.set(encoder.encode(new Date(day * dayMillis).toISOString().slice(0, 11)), slot * 11);
    }
    for (let i = 0; i < 11; i++) bytes[at + i] = this.texts[slot * 11 + i] ?? 0;
  }
}
