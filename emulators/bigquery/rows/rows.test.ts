import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unscaled } from './decimals.ts';
import { dateDays, timestampMicros } from './instants.ts';

const day = 86_400_000;
const days = fc.integer({ min: Date.UTC(1, 0, 1) / day + 800_000, max: Date.UTC(9999, 11, 31) / day });

describe('texts of rows', () => {
  test('every day has its number', () => {
    fc.assert(
      fc.property(days, (n) => {
        expect(dateDays(new Date(n * day).toISOString().slice(0, 10))).toBe(n);
      }),
    );
  });
  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '0000-01-01',
    '26-01-01',
    'x',
    '',
  ])('%j is no date', (text) => expect(dateDays(text)).toBeUndefined());
  test('a leap day is one', () => {
    expect(dateDays('2000-02-29')).toBe(Date.UTC(2000, 1, 29) / day);
  });
  test('every second has its instant, in every form', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 86_399 }), (n, second) => {
        const text = new Date(n * day + second * 1000).toISOString().slice(0, 19);
        const micros = BigInt(n * 86_400 + second) * 1_000_000n;
        expect(timestampMicros(text)).toBe(micros);
        expect(timestampMicros(`${text.replace('T', ' ')}Z`)).toBe(micros);
        expect(timestampMicros(`${text}.250 UTC`)).toBe(micros + 250_000n);
        expect(timestampMicros(`${text}+01:30`)).toBe(micros - 5_400_000_000n);
      }),
    );
  });
  test('every microsecond has its instant, however many digits say it and whatever zone shifts nothing', () => {
    const zone = fc.constantFrom('', 'Z', ' UTC', '+00', '+00:00', ' +0000');
    fc.assert(
      fc.property(days, fc.nat(86_399), fc.nat(999_999), fc.nat(6), zone, (n, second, micro, cut, after) => {
        const kept = Math.floor(micro / 10 ** cut) * 10 ** cut;
        const fraction = micro
          .toString()
          .padStart(6, '0')
          .slice(0, 6 - cut);
        const text = new Date(n * day + second * 1000).toISOString().slice(0, 19);
        expect(timestampMicros(`${text.replace('T', ' ')}.${fraction}${after}`)).toBe(
          BigInt(n * 86_400 + second) * 1_000_000n + BigInt(kept),
        );
      }),
    );
  });
  test.each([
    '2026-01-01 10:00:00.5x',
    '2026-01-01 10:00:00+00:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 10:60:00',
    '2026-02-30 10:00:00',
    '2026-01-01 10:00:00 Mars/Base',
  ])('%j is no instant', (text) => expect(timestampMicros(text)).toBeUndefined());
  test('a zone is asked for its offset at that time of the year', () => {
    expect(timestampMicros('2026-07-01 12:00:00 Europe/Berlin')).toBe(
      timestampMicros('2026-07-01 10:00:00Z'),
    );
    expect(timestampMicros('2026-01-01 12:00:00', 'Europe/Berlin')).toBe(
      timestampMicros('2026-01-01 11:00:00Z'),
    );
  });
  test('decimals are exact, and rounded half away from zero beyond their scale', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n }),
        fc.integer({ min: 0, max: 9 }),
        (n, scale) => {
          const magnitude = (n < 0n ? -n : n).toString().padStart(scale + 1, '0');
          const whole = magnitude.slice(0, magnitude.length - scale);
          const text = `${n < 0n ? '-' : ''}${whole}${scale > 0 ? `.${magnitude.slice(magnitude.length - scale)}` : ''}`;
          expect(unscaled(text, 9)).toBe(n * 10n ** BigInt(9 - scale));
        },
      ),
    );
    expect([
      unscaled('0.5', 0),
      unscaled('-0.5', 0),
      unscaled('1.2344', 3),
      unscaled('12.5e1', 0),
      unscaled('.5', 1),
    ]).toEqual([1n, -1n, 1234n, 125n, 5n]);
    expect([unscaled('1.2.3', 2), unscaled('', 2), unscaled('x', 2), unscaled('.', 2)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
