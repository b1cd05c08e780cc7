import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentHash } from './content-hash.ts';

/** The same hash as its comment describes it, in whole 32-bit arithmetic and without any haste. */
function described(words: readonly number[]): string {
  const mod = 1n << 32n;
  const times = (x: bigint, y: bigint) => (x * y) % mod;
  const turned = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) % mod;
  const block = (lane: bigint, word: bigint, c1: bigint, turn: bigint, c2: bigint, plus: bigint) =>
    (times(turned(times(turned(times(word, c1), turn), c2) ^ lane, 13n), 5n) + plus) % mod;
  let a = 0x6f6c6973n;
  let b = 0x6c616b65n;
  for (const each of words) {
    const word = BigInt.asUintN(32, BigInt(each));
    a = block(a, word, 0xcc9e2d51n, 15n, 0x1b873593n, 0xe6546b64n);
    b = block(b, word, 0x38b34ae5n, 18n, 0xa1e38b93n, 0x96cd1c35n);
  }
  const finished = (h: bigint) => {
    let x = times(h ^ (h >> 16n), 0x85ebca6bn);
    x = times(x ^ (x >> 13n), 0xc2b2ae35n);
    return x ^ (x >> 16n);
  };
  a = ((a ^ BigInt(words.length)) + (b ^ BigInt(words.length))) % mod;
  b = ((b ^ BigInt(words.length)) + a) % mod;
  a = finished(a);
  b = finished(b);
  a = (a + b) % mod;
  b = (b + a) % mod;
  return [a, b].map((lane) => lane.toString(16).padStart(8, '0')).join('');
}

function wordsOf(text: string): number[] {
  const words = [text.length];
  for (let i = 0; i < text.length; i += 2)
    words.push(text.charCodeAt(i) + (i + 1 < text.length ? text.charCodeAt(i + 1) : 0) * 65_536);
  return words;
}

function hashOf(fill: (hash: ContentHash) => void): string {
  const hash = new ContentHash();
  hash.reset();
  fill(hash);
  return hash.digest();
}

/** Any character of Unicode. Named 'binary', as fast-check has it, it takes a second to be made. */
const character = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

describe('the content hash', () => {
  it('is what its description says: rows written by other versions and languages must agree', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: character }), fc.maxSafeInteger())), (values) => {
        const words = values.flatMap((value) =>
          typeof value === 'string'
            ? wordsOf(value)
            : [Number(BigInt.asUintN(32, BigInt(value))), Number(BigInt.asIntN(64, BigInt(value)) >> 32n)],
        );
        const hash = hashOf((h) => {
          for (const value of values) typeof value === 'string' ? h.text(value) : h.number(value);
        });
        expect(hash).toBe(described(words));
      }),
    );
  });

  it('changes about half of its bits when one bit of the content changes', () => {
    const bits = (hash: string) => BigInt(`0x${hash}`);
    let changed = 0;
    for (let bit = 0; bit < 32; bit++) {
      const difference =
        bits(hashOf((h) => h.word(12_345))) ^ bits(hashOf((h) => h.word(12_345 ^ (1 << bit))));
      changed += difference.toString(2).replaceAll('0', '').length;
    }
    expect(changed / 32).toBeGreaterThan(28);
    expect(changed / 32).toBeLessThan(36);
  });

  it('has no two alike, nor in either half beyond chance, among 50,000 neighbours', () => {
    const hashes = Array.from({ length: 50_000 }, (_, i) => hashOf((h) => h.text(`order-${i}`)));
    expect(new Set(hashes).size).toBe(50_000);
    // 50,000 draws of 32 bits are expected to meet 0.3 times.
    for (const half of [hashes.map((h) => h.slice(0, 8)), hashes.map((h) => h.slice(8))])
      expect(50_000 - new Set(half).size).toBeLessThan(6);
  });
});
