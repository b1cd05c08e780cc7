import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8TextByHand } from './utf8.ts';

function standard(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Any character of Unicode. Named 'binary', as fast-check has it, it takes a second to be made. */
const character = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

it('decoding by hand takes and refuses what the standard decoder takes and refuses', () => {
  const near = fc
    .array(
      fc.constantFrom(
        0x41,
        0x7f,
        0x80,
        0xbf,
        0xc0,
        0xc2,
        0xdf,
        0xe0,
        0xa0,
        0xed,
        0xef,
        0xbb,
        0xf0,
        0x90,
        0xf4,
        0x8f,
        0xf5,
        0xff,
      ),
      { maxLength: 6 },
    )
    .map((a) => Uint8Array.from(a));
  const texts = fc.string({ unit: character, maxLength: 50 }).map((text) => new TextEncoder().encode(text));
  fc.assert(
    fc.property(fc.oneof(near, texts, fc.uint8Array({ maxLength: 20 })), (bytes) => {
      expect(utf8TextByHand(bytes)).toBe(standard(bytes));
    }),
    { numRuns: 1_000 },
  );
});

it('decodes more characters than fit on the stack', () => {
  const text = 'é😀'.repeat(50_000);
  expect(utf8TextByHand(new TextEncoder().encode(text))).toBe(text);
});
