import { bitsFor, packBits, packedRun, repeatedRun } from './bit-packing.ts';
import { Bytes } from './bytes.ts';
import { difference32, difference64, exactDelta, packDeltas } from './delta.ts';
import { type Dictionary, dictionaryOf } from './dictionary.ts';
import type { Encoding, PhysicalType } from './format.ts';
import { type FixedType, plainBytes, plainNumbers, plainText } from './plain.ts';
import { byteRange, floatRange, numberRange, type Range, textRange } from './range.ts';

/** The values of one column that are there, null left out. Text is BYTE_ARRAY too. */
export type Values =
  | readonly string[]
  | readonly number[]
  | readonly (number | bigint)[]
  | readonly boolean[]
  | readonly Uint8Array[];

/** How the values of one chunk are written: the same way on all of its pages. */
export interface Encoder {
  readonly encoding: Encoding;
  readonly dictionary?: { readonly count: number; readonly bytes: Uint8Array };
  readonly range: Range<unknown>;
  readonly nans?: number;
  /** The body of the page that holds the values between these places. */
  page(from: number, to: number): Uint8Array;
}

export function encoderFor(type: PhysicalType, values: Values): Encoder {
  switch (type) {
    case 'BOOLEAN':
      return booleans(values as readonly boolean[]);
    case 'INT32':
      return integers32(values as readonly (number | bigint)[]);
    case 'INT64':
      return integers64(values as readonly (number | bigint)[]);
    case 'FLOAT':
    case 'DOUBLE':
      return floats(type, values as readonly number[]);
    case 'BYTE_ARRAY':
      return typeof values[0] === 'string'
        ? text(values as readonly string[])
        : bytes(values as readonly Uint8Array[]);
  }
}

function booleans(values: readonly boolean[]): Encoder {
  return {
    encoding: 'PLAIN',
    range: {
      least: values.length === 0 ? undefined : !values.includes(false),
      greatest: values.length === 0 ? undefined : values.includes(true),
    },
    page: (from, to) => {
      const out = new Bytes((to - from) / 8 + 8);
      packBits(out, values.slice(from, to).map(Number), 0, to - from, 1);
      return out.written();
    },
  };
}

/** Deltas are smaller than plain integers, and faster than looking for a dictionary. */
function integers32(values: readonly (number | bigint)[]): Encoder {
  const numbers = values.map(Number);
  return {
    encoding: 'DELTA_BINARY_PACKED',
    range: numberRange(numbers),
    page: (from, to) => packDeltas(numbers, from, to, difference32),
  };
}

function integers64(values: readonly (number | bigint)[]): Encoder {
  const range = numberRange(values);
  if (!isNear(range) || values.some((value) => typeof value === 'bigint'))
    return fixed('INT64', values, range);
  const numbers = values as readonly number[];
  return {
    encoding: 'DELTA_BINARY_PACKED',
    range,
    page: (from, to) => packDeltas(numbers, from, to, difference64),
  };
}

function isNear({ least = 0, greatest = 0 }: Range<number | bigint>): boolean {
  const [from, to] = [Number(least), Number(greatest)];
  return from >= -exactDelta.furthest && to <= exactDelta.furthest && to - from <= exactDelta.span;
}

function floats(type: 'FLOAT' | 'DOUBLE', values: readonly number[]): Encoder {
  const nans = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  // Bounds of what is stored: the nearest float may lie beyond the number that was given.
  const stored = type === 'FLOAT' ? values.map(Math.fround) : values;
  return { ...fixed(type, stored, floatRange(stored)), nans };
}

function fixed(
  type: FixedType,
  values: readonly (number | bigint)[],
  range: Range<number | bigint>,
): Encoder {
  return { encoding: 'PLAIN', range, page: (from, to) => plainNumbers(type, values, from, to) };
}

function bytes(values: readonly Uint8Array[]): Encoder {
  return { encoding: 'PLAIN', range: byteRange(values), page: (from, to) => plainBytes(values, from, to) };
}

function text(values: readonly string[]): Encoder {
  const dictionary = dictionaryOf(values);
  if (dictionary) return indexed(dictionary);
  let isAscii = true;
  const page = (from: number, to: number) => {
    const encoded = plainText(values, from, to);
    isAscii &&= encoded.isAscii;
    return encoded.bytes;
  };
  return {
    encoding: 'PLAIN',
    page,
    // Asked for when the pages are written: only then it is known what order the values have.
    get range() {
      return textRange(values, isAscii);
    },
  };
}

function indexed({ entries, indexes }: Dictionary): Encoder {
  const { bytes: written, isAscii } = plainText(entries, 0, entries.length);
  const width = Math.max(1, bitsFor(entries.length - 1));
  return {
    encoding: 'RLE_DICTIONARY',
    dictionary: { count: entries.length, bytes: written },
    range: textRange(entries, isAscii),
    page: (from, to) => {
      const out = new Bytes(((to - from) * width) / 8 + 16);
      out.uint8(width);
      if (entries.length === 1) repeatedRun(out, 0, to - from);
      else packedRun(out, indexes, from, to, width);
      return out.written();
    },
  };
}
