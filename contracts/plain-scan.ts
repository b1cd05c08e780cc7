import { daysIn } from './instant-text.ts';
import type { Choices, Key } from './plain-keys.ts';
import { daysFromCivil } from './sao-paulo-time.ts';
import { utf8Text } from './utf8.ts';
import type { Instant, Money } from './values.ts';
import { WordTape } from './word-tape.ts';

/** Longer messages are rare, and read the careful way. */
export const longestPlain = 32_768;
/** Beyond the end of a message: what is read there is a zero, which is no character of any value. */
const slack = 256;

const quote = 34;
const comma = 44;
const dash = 45;
const point = 46;
const zero = 48;
const colon = 58;
const letterT = 84;
const letterZ = 90;
const openList = 91;
const closeList = 93;
const openObject = 123;
const closeObject = 125;

/** What ends a run of ordinary characters: a quote, an escape, a control character, or one beyond ASCII. */
const ends = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 32 || byte === quote || byte === 92 || byte > 127 ? 1 : 0,
);

const nothing = new Uint8Array(0);

/** Scratch space to make a text of so many characters. */
const units = Array.from({ length: 257 }, (_, length) => new Array<number>(length).fill(0));

/**
 * Reads a message from its bytes as nearly every producer writes it: the keys in the order of the contract, every
 * value in its canonical form, no escapes. It goes forward only; the first thing that is otherwise sets `failed`,
 * after which nothing that it returned counts, and the message is judged the careful way. So it never has to say
 * what is wrong, and refuses without harm what it might have taken.
 *
 * Values go onto a tape of words as they are read, in canonical order: that is what the content hash is made of.
 */
export class PlainScan {
  failed = false;
  readonly tape = new WordTape();
  /** Copied, because receivers hand over several kinds of byte array and the engine compiles for one. */
  private readonly bytes = new Uint8Array(longestPlain + slack);
  private readonly view = new DataView(this.bytes.buffer);
  private at = 0;
  private end = 0;
  /** What the bytes are as UTF-8: asked for when the first of them is not ASCII, which it is in nearly every message. */
  private text: string | undefined;
  private message: Uint8Array = nothing;
  /** By how many bytes the text is behind: it has one unit where UTF-8 has two or three. */
  private behind = 0;
  /** Where the identifier stands that later parts repeat. */
  private ownerFrom = 0;
  private owner = '';

  begin(bytes: Uint8Array): void {
    this.tape.length = 0;
    this.at = 0;
    this.behind = 0;
    this.text = undefined;
    this.message = bytes;
    this.end = bytes.length;
    this.failed = bytes.length > longestPlain;
    if (this.failed) return;
    this.bytes.set(bytes);
    this.bytes.fill(0, bytes.length, bytes.length + slack);
  }

  /** The brace that ends an object. */
  close(): void {
    this.expect(closeObject);
  }

  /** Has all been read but space? */
  finish(): void {
    this.skipSpace();
    if (this.at !== this.end) this.failed = true;
  }

  /** The key of an object that follows. */
  part(key: Key): void {
    if (!this.enter(key)) this.failed = true;
  }

  /** The key of a list that follows, and its bracket. */
  openList(key: Key): void {
    if (this.enter(key)) this.expect(openList);
    else this.failed = true;
  }

  /** Does another entry of a list follow? */
  another(first: boolean): boolean {
    if (this.failed) return false;
    this.skipSpace();
    const byte = this.bytes[this.at];
    if (byte === closeList) {
      this.at++;
      return false;
    }
    if (first) return byte === openObject || this.fails();
    if (byte !== comma) return this.fails();
    this.at++;
    this.skipSpace();
    return true;
  }

  string(key: Key, longest: number): string {
    return this.enter(key) ? this.textValue(longest) : this.nothing();
  }

  optionalString(key: Key, longest: number): string | null {
    return this.present(key) ? this.textValue(longest) : null;
  }

  /** The identifier that the parts after this one must repeat. */
  ownerString(key: Key, longest: number): string {
    if (!this.enter(key)) return this.nothing();
    this.ownerFrom = this.at + 1;
    this.owner = this.textValue(longest);
    // One that is not ASCII has more bytes than characters; nobody has such identifiers.
    if (this.at - 1 - this.ownerFrom !== this.owner.length) this.failed = true;
    return this.owner;
  }

  repeatedString(key: Key): string {
    const { bytes, owner, ownerFrom } = this;
    if (!this.enter(key) || bytes[this.at] !== quote) return this.nothing();
    const from = this.at + 1;
    const { length } = owner;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[ownerFrom + i]) return this.nothing();
    this.at = from + length;
    this.expect(quote);
    return owner;
  }

  digits(key: Key, count: number): string {
    if (!this.enter(key) || this.bytes[this.at] !== quote) return this.nothing();
    const from = this.at + 1;
    for (let i = 0; i < count; i++) if (!isDigit(this.bytes[from + i] as number)) return this.nothing();
    if (this.bytes[from + count] !== quote) return this.nothing();
    this.at = from + count + 1;
    this.tape.ascii(this.bytes, from, count);
    return this.ascii(from, count);
  }

  choice<T extends string>(key: Key, { texts, bytes: all }: Choices<T>): T {
    const { bytes } = this;
    if (!this.enter(key) || bytes[this.at] !== quote) return this.nothing() as T;
    const from = this.at + 1;
    for (let i = 0; i < all.length; i++) {
      const choice = all[i] as Uint8Array;
      let at = 0;
      while (at < choice.length && bytes[from + at] === choice[at]) at++;
      if (at < choice.length) continue;
      this.at = from + at;
      this.tape.ascii(bytes, from, at - 1);
      return texts[i] as T;
    }
    return this.nothing() as T;
  }

  integer(key: Key, minimum: number): number {
    return this.enter(key) ? this.integerValue(minimum) : this.failedNumber();
  }

  optionalInteger(key: Key, minimum: number): number | null {
    return this.present(key) ? this.integerValue(minimum) : null;
  }

  /** Ten digits before the point at most, no zero before others, two after it. */
  money(key: Key): Money {
    const { bytes } = this;
    if (!this.enter(key) || bytes[this.at] !== quote) return this.failedNumber() as Money;
    const from = this.at + 1;
    let at = from;
    let cents = 0;
    for (; isDigit(bytes[at] as number); at++) cents = cents * 10 + (bytes[at] as number) - zero;
    const whole = at - from;
    const tenth = bytes[at + 1] as number;
    const hundredth = bytes[at + 2] as number;
    const canonical =
      whole > 0 &&
      whole <= 10 &&
      (whole === 1 || bytes[from] !== zero) &&
      bytes[at] === point &&
      isDigit(tenth) &&
      isDigit(hundredth) &&
      bytes[at + 3] === quote;
    if (!canonical) return this.failedNumber() as Money;
    this.at = at + 4;
    cents = cents * 100 + (tenth - zero) * 10 + hundredth - zero;
    this.tape.number(cents);
    return cents as Money;
  }

  instant(key: Key): Instant {
    return this.enter(key) ? this.instantValue() : (this.failedNumber() as Instant);
  }

  optionalInstant(key: Key): Instant | null {
    return this.present(key) ? this.instantValue() : null;
  }

  /** Goes to the value of a key; false, and nowhere, when another one stands here. */
  private enter(key: Key): boolean {
    const { view, at } = this;
    const { words, bytes } = key;
    for (let i = 0; i < words.length; i++)
      if (view.getInt32(at + i * 4, true) !== words[i]) return this.enterSpaced(key);
    const to = at + bytes.length;
    if (view.getInt32(to - 4, true) !== key.last) return this.enterSpaced(key);
    this.at = to;
    return true;
  }

  /** The same where space stands between the tokens. */
  private enterSpaced(key: Key): boolean {
    const { bytes } = this;
    const before = this.at;
    this.skipSpace();
    const last = key.bytes.length - 1;
    for (let i = 0; i < last; i++) {
      if (bytes[this.at] !== key.bytes[i]) {
        this.at = before;
        return false;
      }
      this.at++;
      if (i === 0) this.skipSpace();
    }
    this.skipSpace();
    if (bytes[this.at] !== colon) {
      this.at = before;
      return false;
    }
    this.at++;
    this.skipSpace();
    return true;
  }

  /** Of an optional value: is it there, and not null? */
  private present(key: Key): boolean {
    const { bytes } = this;
    if (!this.enter(key)) {
      this.tape.word(0);
      return false;
    }
    const { at } = this;
    if (bytes[at] !== 110) {
      this.tape.word(1);
      return true;
    }
    if (bytes[at + 1] !== 117 || bytes[at + 2] !== 108 || bytes[at + 3] !== 108) this.failed = true;
    this.at = at + 4;
    this.tape.word(0);
    return false;
  }

  private textValue(longest: number): string {
    const { bytes, at } = this;
    const from = at + 1;
    let end = from;
    while (ends[bytes[end] as number] === 0) end++;
    const length = end - from;
    if (bytes[at] !== quote) return this.nothing();
    if ((bytes[end] as number) > 127) return this.wideText(from, end, longest);
    // Empty, with space around it or one of the unprintable: left to the careful reader.
    if (bytes[end] !== quote || length === 0 || length > longest || !this.isTrim(from, end))
      return this.nothing();
    this.at = end + 1;
    this.tape.ascii(bytes, from, length);
    return this.ascii(from, length);
  }

  /** A text that is not ASCII, from its first such character on. */
  private wideText(from: number, wideFrom: number, longest: number): string {
    const { bytes } = this;
    const start = from - this.behind;
    let end = wideFrom;
    for (; ; end++) {
      const byte = bytes[end] as number;
      if (byte < 128) {
        if (ends[byte] === 1) break;
      } else if (byte < 0xc0) this.behind++;
      // Of four bytes two units are made.
      else if (byte >= 0xf0) this.behind--;
    }
    const length = end - this.behind - start;
    this.text ??= utf8Text(this.message);
    if (this.text === undefined) return this.nothing();
    if (bytes[end] !== quote || length > longest || !this.isTrim(from, end)) return this.nothing();
    this.at = end + 1;
    const value = flat(this.text, start, length);
    this.tape.text(value);
    return value;
  }

  private isTrim(from: number, end: number): boolean {
    const first = this.bytes[from] as number;
    const last = this.bytes[end - 1] as number;
    return first > 32 && first < 127 && last > 32 && last < 127;
  }

  /** Up to fifteen digits: those a double holds, whichever they are. */
  private integerValue(minimum: number): number {
    const { bytes, at: from } = this;
    let at = from;
    let value = 0;
    for (; isDigit(bytes[at] as number); at++) value = value * 10 + (bytes[at] as number) - zero;
    const length = at - from;
    if (length === 0 || length > 15 || value < minimum || (length > 1 && bytes[from] === zero))
      return this.failedNumber();
    this.at = at;
    this.tape.number(value);
    return value;
  }

  /** RFC 3339 in UTC with at most microseconds. */
  private instantValue(): Instant {
    const { bytes, at } = this;
    const year = this.two(at + 1) * 100 + this.two(at + 3);
    const month = this.two(at + 6);
    const day = this.two(at + 9);
    const hour = this.two(at + 12);
    const minute = this.two(at + 15);
    const second = this.two(at + 18);
    const punctuated =
      bytes[at] === quote &&
      bytes[at + 5] === dash &&
      bytes[at + 8] === dash &&
      bytes[at + 11] === letterT &&
      bytes[at + 14] === colon &&
      bytes[at + 17] === colon;
    const onClock = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
    const onCalendar =
      year >= 1970 && year <= 2254 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
    if (!punctuated || !onClock || !onCalendar) return this.failedNumber() as Instant;
    const micros = this.fraction(at + 20);
    const seconds = ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    const instant = seconds * 1e6 + micros;
    this.tape.number(instant);
    return instant as Instant;
  }

  /** From behind the whole second to behind the closing quote. */
  private fraction(from: number): number {
    const { bytes } = this;
    let at = from;
    let micros = 0;
    if (bytes[at] === point) {
      let unit = 100_000;
      for (at++; isDigit(bytes[at] as number) && unit >= 1; at++, unit /= 10)
        micros += ((bytes[at] as number) - zero) * unit;
      if (at === from + 1) this.failed = true;
    }
    if (bytes[at] !== letterZ || bytes[at + 1] !== quote) this.failed = true;
    this.at = at + 2;
    return micros;
  }

  /** Two digits; far below zero when one of them is none. */
  private two(at: number): number {
    const tens = (this.bytes[at] as number) - zero;
    const ones = (this.bytes[at + 1] as number) - zero;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100_000;
  }

  /**
   * A text of its own: a slice would be quicker made, and would keep the whole message in memory for as long as
   * somebody remembers one identifier of it.
   */
  private ascii(from: number, length: number): string {
    const { bytes: b } = this;
    const list = length < units.length ? (units[length] as number[]) : new Array<number>(length);
    for (let i = 0; i < length; i++) list[i] = b[from + i] as number;
    return String.fromCharCode.apply(null, list);
  }

  private skipSpace(): void {
    const { bytes } = this;
    let byte = bytes[this.at];
    while (byte === 32 || byte === 10 || byte === 13 || byte === 9) byte = bytes[++this.at];
  }

  private expect(byte: number): void {
    if (this.bytes[this.at] !== byte) this.skipSpace();
    if (this.bytes[this.at] === byte) this.at++;
    else this.failed = true;
  }

  private nothing(): string {
    this.failed = true;
    return '';
  }

  private failedNumber(): number {
    this.failed = true;
    return 0;
  }

  private fails(): false {
    this.failed = true;
    return false;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Part of a text, as a text of its own. */
function flat(text: string, from: number, length: number): string {
  const list = new Array<number>(length);
  for (let i = 0; i < length; i++) list[i] = text.charCodeAt(from + i);
  return String.fromCharCode.apply(null, list);
}
