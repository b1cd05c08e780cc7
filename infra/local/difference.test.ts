import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences } from './difference.ts';

test('whatever is wanted equals itself, and stays equal when the service adds fields of its own', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (wanted, extra) => {
      expect(differences(wanted, wanted)).toEqual([]);
      expect(differences({ a: wanted }, { a: { ...wanted }, etag: extra })).toEqual([]);
    }),
  );
});

test('a number equals its text and its long integer: the clients answer in all three', () => {
  const long = { low: 604800, high: 0, unsigned: false, toString: () => '604800' };
  expect(differences({ seconds: 604800 }, { seconds: '604800' })).toEqual([]);
  expect(differences({ seconds: 604800 }, { seconds: long })).toEqual([]);
  expect(differences({ seconds: 604801 }, { seconds: long })).toEqual(['seconds: 604800, wanted 604801']);
});

test('an empty value equals a missing one', () => {
  expect(differences({ text: '', flag: false, count: 0, list: [] }, {})).toEqual([]);
});

test('each difference is named by its path', () => {
  const wanted = { retry: { maximum: { seconds: 600 } }, key: ['a', 'b'], filter: true };
  const there = { retry: { maximum: { seconds: 60 } }, key: ['a', 'c'] };
  expect(differences(wanted, there)).toEqual([
    'retry.maximum.seconds: 60, wanted 600',
    'key[1]: c, wanted b',
    'filter: nothing, wanted true',
  ]);
  expect(differences({ key: ['a'] }, { key: ['a', 'b'] })).toEqual(['key: 2 entries, wanted 1']);
});
