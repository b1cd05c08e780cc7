import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globPattern } from './glob.ts';

test.each([
  ['a*c', ['ac', 'abc'], ['a/c', 'abcd', 'xabc']],
  ['a**c', ['ac', 'a/b/c'], ['a/b']],
  ['a?c', ['abc', 'a\u{1F600}c'], ['ac', 'a/c']],
  ['[a-c]x', ['bx'], ['dx', 'x']],
  ['[!a-c]x', ['dx'], ['bx', '/x']],
  ['[]]', [']'], ['[']],
  ['{a,b{c,d}}', ['a', 'bc', 'bd'], ['b', 'ab', '{a,b}']],
  ['a,b}', ['a,b}'], ['a', 'b']],
  ['\\*', ['*'], ['a', '\\*']],
  ['a.b+(c)|$', ['a.b+(c)|$'], ['aXb+(c)|$', 'a.b']],
  ['line*', ['line\u2028end'], ['lin']],
])('%s', (glob, fits, others) => {
  const pattern = globPattern(glob);
  expect(fits.filter((name) => !pattern.test(name))).toEqual([]);
  expect(others.filter((name) => pattern.test(name))).toEqual([]);
});

test('every name is its own pattern once its signs are escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, other) => {
      const pattern = globPattern(name.replace(/[\\*?[\]{},]/g, '\\$&'));
      expect(pattern.test(name)).toBe(true);
      expect(pattern.test(other)).toBe(name === other);
    }),
  );
});

test.each(['{a', 'a{b,{c}', '[z-a]'])('%s is refused', (glob) => {
  expect(() => globPattern(glob)).toThrow(`Invalid glob pattern: ${glob}`);
});
