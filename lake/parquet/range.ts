/** The least and the greatest of a column's values, as readers skip by them; undefined where there are none. */
export interface Range<T> {
  readonly least: T | undefined;
  readonly greatest: T | undefined;
}

/** Numbers in their order; NaN has no place in it. */
export function numberRange<T extends number | bigint>(values: readonly T[]): Range<T> {
  let least: T | undefined;
  let greatest: T | undefined;
  for (const value of values) {
    if (least === undefined || greatest === undefined) {
      if (!Number.isNaN(value)) least = greatest = value;
    } else if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

/** Readers count on a zero that is the least to be the negative one, and the greatest the positive. */
export function floatRange(values: readonly number[]): Range<number> {
  const { least, greatest } = numberRange(values);
  return { least: least === 0 ? -0 : least, greatest: greatest === 0 ? 0 : greatest };
}

export function byteRange(values: readonly Uint8Array[]): Range<Uint8Array> {
  let least = values[0];
  let greatest = values[0];
  for (const value of values) {
    if (Buffer.compare(value, least as Uint8Array) < 0) least = value;
    if (Buffer.compare(value, greatest as Uint8Array) > 0) greatest = value;
  }
  return { least, greatest };
}

/** Text in the order of its UTF-8 bytes. */
export function textRange(values: readonly string[], isAscii: boolean): Range<string> {
  const whole = isAscii ? values : values.map((value) => value.toWellFormed());
  let least = whole[0];
  let greatest = whole[0];
  for (const value of whole) {
    if (isAscii ? value < (least as string) : compareText(value, least as string) < 0) least = value;
    if (isAscii ? value > (greatest as string) : compareText(value, greatest as string) > 0) greatest = value;
  }
  return { least, greatest };
}

/**
 * JavaScript compares UTF-16 units, where a half of a character beyond U+FFFF comes before U+E000 to U+FFFF; in UTF-8
 * it comes behind them.
 */
function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const a = one.charCodeAt(at);
    const b = other.charCodeAt(at);
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - other.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
