import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from './matches.ts';
import { type Filter, parseFilter } from './parse.ts';
import { FilterSyntaxError } from './syntax-error.ts';

const blue = new Map([
  ['team', 'blue'],
  ['iana.org/language_tag', 'en-GB'],
]);

test.each([
  ['attributes:team', true],
  ['attributes:colour', false],
  ['attributes:"iana.org/language_tag"', true],
  ['attributes.team = "blue"', true],
  ['attributes.team="Blue"', false],
  ['attributes.team != "red"', true],
  ['attributes.team != "blue"', false],
  // Nothing equals an attribute that is not there.
  ['attributes.colour != "red"', true],
  ['hasPrefix(attributes.team, "bl")', true],
  ['hasPrefix(attributes.team, "lu")', false],
  ['hasPrefix(attributes.colour, "")', false],
  ['hasPrefix(attributes."iana.org/language_tag", "en")', true],
  ['NOT attributes:team', false],
  ['-attributes:colour', true],
  ['NOT (attributes:colour OR attributes:size)', true],
  ['attributes:team AND attributes:colour', false],
  ['attributes:team OR attributes:colour', true],
  ['attributes:a OR attributes:b OR attributes:team', true],
  ['attributes:team AND NOT attributes:colour AND attributes.team = "blue"', true],
  ['attributes:team AND (attributes:colour OR attributes.team = "blue")', true],
  ['attributes.team = "\\x62\\154\\u0075\\U00000065"', true],
])('%s holds for a message of team blue: %s', (text, expected) => {
  expect(matches(parseFilter(text), blue)).toBe(expected);
});

test.each([
  ['', 0],
  ['team', 0],
  ['attributes', 10],
  ['attributes.team', 15],
  ['attributes.team = blue', 18],
  ['attributes.team == "blue"', 17],
  ['attributes.team = "blue', 18],
  ["attributes.team = 'blue'", 18],
  ['attributes:team attributes:colour', 16],
  ['attributes:a AND attributes:b OR attributes:c', 30],
  ['(attributes:a', 13],
  ['attributes:a)', 12],
  ['not attributes:a', 0],
  ['attributes:a and attributes:b', 13],
  ['NOT NOT attributes:a', 4],
  ['hasPrefix(attributes.a "b")', 23],
  ['hasSuffix(attributes.a, "b")', 0],
  ['attributes.a = "\\q"', 16],
  ['attributes.a = "\\U00110000"', 16],
])('%s is no filter, and the place is told: %i', (text, at) => {
  expect(() => parseFilter(text)).toThrow(FilterSyntaxError);
  try {
    parseFilter(text);
  } catch (error) {
    expect(error).toMatchObject({ at });
  }
});

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('has' as const), key: text }),
    fc.record({ kind: fc.constantFrom('equals' as const, 'hasPrefix' as const), key: text, value: text }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const quoted = (value: string): string =>
  `"${value.replace(/["\\]|[^ -~]/gu, (c) => `\\U${c.codePointAt(0)!.toString(16).padStart(8, '0')}`)}"`;

function written(one: Filter): string {
  switch (one.kind) {
    case 'has':
      return `attributes:${quoted(one.key)}`;
    case 'equals':
      return `attributes.${quoted(one.key)} = ${quoted(one.value)}`;
    case 'hasPrefix':
      return `hasPrefix(attributes.${quoted(one.key)}, ${quoted(one.value)})`;
    case 'not':
      return `NOT (${written(one.operand)})`;
    default:
      return one.operands
        .map((operand) => `(${written(operand)})`)
        .join(one.kind === 'and' ? ' AND ' : ' OR ');
  }
}

test('whatever filter is written down is read back as it was meant', () => {
  fc.assert(fc.property(filter, (one) => void expect(parseFilter(written(one))).toEqual(one)));
});

test('any text is a filter or is refused, never anything else', () => {
  const pieces = fc.constantFrom(
    'attributes',
    ':',
    '.',
    'a',
    '"',
    '"x"',
    '=',
    '!=',
    'AND',
    'NOT',
    '(',
    ')',
    '-',
    '\\',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (all) => {
      try {
        parseFilter(all.join(''));
      } catch (error) {
        expect(error).toBeInstanceOf(FilterSyntaxError);
      }
    }),
    { numRuns: 1_000 },
  );
});
