import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalCents, canonicalMoney, centsOfNumber, moneyText, readMoney } from './money-text.ts';

const cents = fc.integer({ min: 0, max: 999_999_999_999 });

it('money survives being written and read, to the cent, in every form', () => {
  fc.assert(
    fc.property(cents, (amount) => {
      const text = moneyText(amount);
      expect(canonicalMoney.test(text)).toBe(true);
      expect(canonicalCents(text)).toBe(amount);
      expect(readMoney(text)).toBe(amount);
      // What JSON.parse makes of the same digits.
      expect(centsOfNumber(Number(text))).toBe(amount);
    }),
  );
});

it('a number that is not exact to the cent is none', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000_000 }),
      fc.integer({ min: 1, max: 9 }),
      (amount, mill) => {
        expect(centsOfNumber(Number(`${moneyText(amount)}${mill}`))).toBeUndefined();
      },
    ),
  );
  // One unit in the last place off: the sum of 0.1 and 0.2 is not 0.30.
  expect(centsOfNumber(0.1 + 0.2)).toBeUndefined();
});

it.each([
  '',
  '.50',
  '1.',
  '1.234',
  '1,50',
  '1e2',
  '0x10',
  ' 1.00',
  '1.00 ',
  '--1.00',
  '+1.00',
  'R$ 1.00',
  '1.0.0',
])('%j is no money', (text) => {
  expect(canonicalCents(text)).toBeNaN();
  expect(readMoney(text)).toBeUndefined();
});

it.each([
  ['01.00', 100],
  ['7', 700],
  ['7.5', 750],
  ['7.500', 750],
  ['-7.50', -750],
] as const)('%j is understood though it is not canonical', (text, amount) => {
  expect(canonicalCents(text)).toBeNaN();
  expect(readMoney(text)).toBe(amount);
});
