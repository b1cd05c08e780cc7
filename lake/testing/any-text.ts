import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 };

/** Any character; small ones, which are ASCII, come more often. */
const character = fc
  .oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0x10ffff - surrogates.count }))
  .map((n) => String.fromCodePoint(n < surrogates.first ? n : n + surrogates.count));

/** Text of any characters. For its own such unit, "binary", fast-check makes a table of them all: a second of CPU. */
export const anyText = (maxLength?: number): fc.Arbitrary<string> =>
  fc.string({ unit: character, ...(maxLength === undefined ? {} : { maxLength }) });
