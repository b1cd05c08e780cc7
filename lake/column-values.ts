import { InputError } from '../runtime/index.ts';
import type { ChunkValues } from './parquet/chunk.ts';
import type { Values } from './parquet/encoder.ts';
import type { Column, LakeRow, LakeValue } from './schema.ts';

const int32 = { least: -(2 ** 31), greatest: 2 ** 31 - 1 };
const int64 = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

/**
 * Takes one column out of the rows and refuses what its type cannot hold, before anything is encoded: a value
 * that only looked right would be found by whoever reads the table next year.
 */
export function columnValues(column: Column, rows: readonly LakeRow[]): ChunkValues {
  const { name, required } = column;
  const accepts = acceptor(column);
  const values: LakeValue[] = [];
  let present: Uint8Array | undefined;
  for (let index = 0; index < rows.length; index++) {
    const value = rows[index]?.[name] ?? null;
    if (value === null) {
      if (required) throw refused(column, index, value);
      present ??= new Uint8Array(rows.length).fill(1, 0, index);
    } else {
      if (!accepts(value)) throw refused(column, index, value);
      if (present) present[index] = 1;
      values.push(value);
    }
  }
  // That they are all of the column's one type is what the acceptor has seen to.
  return { rows: rows.length, values: values as Values, present };
}

/** Unknown names are refused: a misspelt column would be null in every row. */
export function checkNames(columns: readonly Column[], rows: readonly LakeRow[]): void {
  const known = new Set(columns.map(({ name }) => name));
  for (let index = 0; index < rows.length; index++) {
    for (const name in rows[index]) {
      if (known.has(name)) continue;
      throw new InputError(`row ${index} has a column that the table does not have`, {
        expected: [...known].join(', '),
        got: name,
      });
    }
  }
}

function acceptor({ type }: Column): (value: LakeValue) => boolean {
  switch (type.kind) {
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'int':
    case 'date':
      return (value) => Number.isInteger(value) && inRange(value as number, int32.least, int32.greatest);
    case 'long':
    case 'timestamptz':
      return (value) =>
        typeof value === 'bigint' ? inRange(value, int64.least, int64.greatest) : Number.isSafeInteger(value);
    case 'float':
    case 'double':
      return (value) => typeof value === 'number';
    case 'decimal': {
      const beyond = 10n ** BigInt(type.precision);
      const largest = Number(beyond) - 1;
      return (value) =>
        typeof value === 'bigint'
          ? inRange(value, 1n - beyond, beyond - 1n)
          : Number.isSafeInteger(value) && inRange(value as number, -largest, largest);
    }
    case 'string':
      return (value) => typeof value === 'string';
    case 'binary':
      return (value) => value instanceof Uint8Array;
  }
}

function inRange<T extends number | bigint>(value: T, least: T, greatest: T): boolean {
  return value >= least && value <= greatest;
}

function refused({ name, type, required }: Column, index: number, value: LakeValue): InputError {
  const decimal = type.kind === 'decimal' ? `, the unscaled integer of at most ${type.precision} digits` : '';
  return new InputError(`row ${index} does not fit column ${name}`, {
    expected: `${required ? 'a required ' : ''}${type.kind}${decimal}`,
    got: value === null ? 'null' : `${typeof value} ${String(value).slice(0, 40)}`,
  });
}
