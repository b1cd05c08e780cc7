import { describe, expect, it } from 'vitest';
import { readDefectRates } from './defects.ts';

describe('the rates of a file', () => {
  it('are taken as they are', () => {
    expect(readDefectRates({ late: 0.5, truncated_json: 0.25 })).toEqual({ late: 0.5, truncated_json: 0.25 });
  });

  it.each([
    [{ truncated_jason: 0.1 }, 'Did you mean truncated_json?'],
    [{ toString: 0.1 }, 'one of duplicate_same_bytes'],
    [{ late: 1.5 }, 'a number from 0 to 1'],
    [{ late: '0.1' }, 'a number from 0 to 1'],
    [{ late: 0.6, orphan: 0.6 }, 'a sum of at most 1'],
    [[], 'an object of rates by name'],
    [null, 'an object of rates by name'],
  ])('%j are refused', (content, what) => {
    expect(() => readDefectRates(content)).toThrow(what);
  });
});
