import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bigEndianMinimal, lowerBound, upperBound } from './bounds.ts';
import type { ColumnType } from './schema.ts';

const text: ColumnType = { kind: 'string' };
const binary: ColumnType = { kind: 'binary' };
const decoded = (bytes: Uint8Array | undefined) =>
  bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

/** Readers compare text by its code points, which is the order of its UTF-8 bytes. */
const compare = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

describe('bounds of text', () => {
  test('up to 16 code points stay whole, however many bytes they are', () => {
    const wave = '\u{1F30A}'.repeat(16);
    expect(decoded(lowerBound(text, wave))).toBe(wave);
    expect(decoded(upperBound(text, wave))).toBe(wave);
  });

  test('longer text is cut between code points, and the upper bound counts its last one up', () => {
    const value = `${'é'.repeat(15)}\u{1F30A}x`;
    expect(decoded(lowerBound(text, value))).toBe(`${'é'.repeat(15)}\u{1F30A}`);
    expect(decoded(upperBound(text, value))).toBe(`${'é'.repeat(15)}\u{1F30B}`);
  });

  test('counting up steps over the surrogates, which are no characters', () => {
    expect(decoded(upperBound(text, `${'a'.repeat(15)}\u{D7FF}x`))).toBe(`${'a'.repeat(15)}\u{E000}`);
  });

  test('a last code point that has no successor is dropped and the one before it counted up', () => {
    expect(decoded(upperBound(text, `${'a'.repeat(14)}b\u{10FFFF}x`))).toBe(`${'a'.repeat(14)}c`);
    expect(upperBound(text, '\u{10FFFF}'.repeat(17))).toBeUndefined();
  });

  test('no text ever lies outside its bounds, and bounds are never longer than 16 code points', () => {
    const point = fc.constantFrom(
      'a',
      'é',
      '\u{D7FF}',
      '\u{E000}',
      '\u{FFFF}',
      '\u{1F30A}',
      '\u{10FFFF}',
      '\uD800',
    );
    fc.assert(
      fc.property(fc.string({ unit: point, maxLength: 24 }), (value) => {
        // A lone surrogate is stored as U+FFFD, and it is the stored text that has to lie within.
        const stored = value.toWellFormed();
        const lower = decoded(lowerBound(text, value)) ?? '';
        const upper = decoded(upperBound(text, value));
        expect([...lower].length).toBeLessThanOrEqual(16);
        expect(compare(lower, stored)).toBeLessThanOrEqual(0);
        if (upper === undefined) return;
        expect([...upper].length).toBeLessThanOrEqual(16);
        expect(compare(stored, upper)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test('no bytes ever lie outside their bounds', () => {
  const bytes = fc
    .array(fc.constantFrom(0, 1, 0x7f, 0xfe, 0xff), { maxLength: 24 })
    .map((each) => Uint8Array.from(each));
  fc.assert(
    fc.property(bytes, (value) => {
      const upper = upperBound(binary, value);
      expect(Buffer.compare(lowerBound(binary, value) ?? value, value)).toBeLessThanOrEqual(0);
      if (upper) expect(Buffer.compare(value, upper)).toBeLessThanOrEqual(0);
      else expect(value.subarray(0, 16).every((byte) => byte === 0xff)).toBe(true);
    }),
  );
});

test('a decimal is its unscaled value in the fewest big-endian bytes that keep the sign', () => {
  const cases: readonly [bigint, string][] = [
    [0n, '00'],
    [127n, '7f'],
    [128n, '0080'],
    [-1n, 'ff'],
    [-128n, '80'],
    [-129n, 'ff7f'],
    [-32_769n, 'ff7fff'],
    [1_420n, '058c'],
  ];
  for (const [value, expected] of cases) expect(hex(bigEndianMinimal(value))).toBe(expected);
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (value) => {
      const bytes = bigEndianMinimal(value);
      expect(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex(bytes)}`))).toBe(value);
    }),
  );
});

test('numbers are little-endian in the width of their type', () => {
  expect(hex(lowerBound({ kind: 'int' }, -2))).toBe('feffffff');
  expect(hex(lowerBound({ kind: 'date' }, 1))).toBe('01000000');
  expect(hex(lowerBound({ kind: 'long' }, 1))).toBe('0100000000000000');
  expect(hex(upperBound({ kind: 'timestamptz' }, -1n))).toBe('ffffffffffffffff');
  expect(hex(upperBound({ kind: 'double' }, 1))).toBe('000000000000f03f');
  expect(hex(upperBound({ kind: 'float' }, 1))).toBe('0000803f');
  expect(hex(upperBound({ kind: 'boolean' }, true))).toBe('01');
});

test('a column without values has no bounds', () => {
  expect(lowerBound({ kind: 'long' }, undefined)).toBeUndefined();
  expect(upperBound(text, undefined)).toBeUndefined();
});
