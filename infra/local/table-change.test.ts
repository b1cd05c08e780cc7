import { describe, expect, test } from 'vitest';
import { columnChanges } from './table-change.ts';

const id = { name: 'id', type: 'INTEGER', mode: 'REQUIRED', description: 'The id.' } as const;
const price = {
  name: 'price',
  type: 'NUMERIC',
  mode: 'NULLABLE',
  description: 'The price.',
  precision: '12',
  scale: '2',
} as const;

describe('the columns of a table that is there already', () => {
  test('are the same under the other name of their type and with the default mode left out', () => {
    const there = [
      { name: 'id', type: 'INT64', mode: 'REQUIRED', description: 'The id.' },
      { name: 'price', type: 'NUMERIC', description: 'The price.', precision: 12, scale: 2 },
    ];
    expect(columnChanges([id, price], there)).toEqual({ possible: [], impossible: [] });
  });

  test('may grow by one that can be empty', () => {
    expect(columnChanges([id, price], [id])).toEqual({ possible: ['new column price'], impossible: [] });
  });

  test('may become optional, and be described anew', () => {
    const required = { ...price, mode: 'REQUIRED', description: 'Old.' };
    expect(columnChanges([price], [required])).toEqual({
      possible: ['column price is REQUIRED, wanted NULLABLE', 'description of price'],
      impossible: [],
    });
  });

  test.each([
    ['grow by a required one', [id, price], [price]],
    ['lose one', [id], [id, price]],
    ['change their type', [id], [{ ...id, type: 'STRING' }]],
    ['become required', [id], [{ ...id, mode: 'NULLABLE' }]],
    ['change their precision', [price], [{ ...price, precision: '38' }]],
  ] as const)('may not %s: BigQuery would need a new table', (_, wanted, there) => {
    const { possible, impossible } = columnChanges(wanted, there);
    expect(possible).toEqual([]);
    expect(impossible).toHaveLength(1);
  });
});
