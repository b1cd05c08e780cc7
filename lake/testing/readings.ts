import fc from 'fast-check';
import type { CommitToken, IcebergSchema, LakeRow } from '../index.ts';
import { anyText } from './any-text.ts';

/** A table with a column of every type that is supported. */
export const readings: IcebergSchema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'station', required: true, type: 'string' },
    { id: 2, name: 'measured_at', required: true, type: 'timestamptz' },
    { id: 3, name: 'level', required: false, type: 'decimal(12, 2)' },
    { id: 4, name: 'small', required: false, type: 'decimal(5,2)' },
    { id: 5, name: 'count', required: false, type: 'long' },
    { id: 6, name: 'sensor', required: false, type: 'int' },
    { id: 7, name: 'day', required: false, type: 'date' },
    { id: 8, name: 'ratio', required: false, type: 'double' },
    { id: 9, name: 'half', required: false, type: 'float' },
    { id: 10, name: 'valid', required: false, type: 'boolean' },
    { id: 11, name: 'raw', required: false, type: 'binary' },
  ],
};

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });

export const anyReading: fc.Arbitrary<LakeRow> = fc.record({
  station: anyText(40),
  measured_at: fc.integer({ min: -(10 ** 15), max: 4 * 10 ** 15 }),
  level: orNull(fc.integer({ min: -999_999_999_999, max: 999_999_999_999 })),
  small: orNull(fc.integer({ min: -99_999, max: 99_999 })),
  count: orNull(
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((each) => (Number.isSafeInteger(Number(each)) ? Number(each) : each)),
  ),
  sensor: orNull(fc.integer()),
  day: orNull(fc.integer({ min: -100_000, max: 100_000 })),
  ratio: orNull(fc.double()),
  half: orNull(fc.float()),
  valid: orNull(fc.boolean()),
  raw: orNull(fc.uint8Array({ maxLength: 40 })),
});

/** `count` readings, each of which can be told from the others by its sensor. */
export function numbered(count: number, first = 0): LakeRow[] {
  return Array.from({ length: count }, (_, index) => ({
    station: `station ${first + index}`,
    measured_at: 1_700_000_000_000_000 + first + index,
    sensor: first + index,
  }));
}

export function tokenOf(batch: number | string, writer = 'one', epoch = 1): CommitToken {
  return { writer, epoch, batchId: String(batch) };
}
