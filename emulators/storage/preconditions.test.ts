import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Current, judge } from './preconditions.ts';

const existing: Current = { generation: 7, metageneration: 2 };

describe('preconditions', () => {
  test.each([
    ['no condition holds for what exists', {}, existing, 'holds'],
    ['no condition holds for what does not', {}, undefined, 'holds'],
    ['ifGenerationMatch=0 means: only if there is none', { ifGenerationMatch: 0 }, undefined, 'holds'],
    ['ifGenerationMatch=0 fails where there is one', { ifGenerationMatch: 0 }, existing, 'failed'],
    ['ifGenerationMatch names the generation', { ifGenerationMatch: 7 }, existing, 'holds'],
    ['another generation fails', { ifGenerationMatch: 6 }, existing, 'failed'],
    ['no generation matches what is gone', { ifGenerationMatch: 7 }, undefined, 'failed'],
    ['ifGenerationNotMatch=0 means: only if there is one', { ifGenerationNotMatch: 0 }, existing, 'holds'],
    [
      'ifGenerationNotMatch=0 fails where there is none',
      { ifGenerationNotMatch: 0 },
      undefined,
      'not modified',
    ],
    [
      'a reader that has this generation needs no other',
      { ifGenerationNotMatch: 7 },
      existing,
      'not modified',
    ],
    ['ifMetagenerationMatch names the metageneration', { ifMetagenerationMatch: 2 }, existing, 'holds'],
    ['another metageneration fails', { ifMetagenerationMatch: 1 }, existing, 'failed'],
    ['what does not exist has no metageneration', { ifMetagenerationMatch: 0 }, undefined, 'failed'],
    ['a known metageneration is not modified', { ifMetagenerationNotMatch: 2 }, existing, 'not modified'],
    ['a failed match outweighs', { ifMetagenerationMatch: 1, ifGenerationNotMatch: 7 }, existing, 'failed'],
  ] as const)('%s', (_, preconditions, current, verdict) => {
    expect(judge(preconditions, current)).toBe(verdict);
  });

  test('a match and its "not match" never hold together', () => {
    const current = fc.option(fc.record({ generation: fc.integer({ min: 1 }), metageneration: fc.nat() }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(fc.nat({ max: 3 }), current, (n, now) => {
        expect(judge({ ifGenerationMatch: n, ifGenerationNotMatch: n }, now)).not.toBe('holds');
      }),
    );
  });
});
