import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { TableResource } from '../engine/metadata.ts';
import { quoted, text } from '../sql/types.ts';
import { combineParts, hashBytes, hashNumber, KnownKeys } from './known-keys.ts';
import { primaryKey } from './row-decoder.ts';

/** Beyond that the hashes would take more memory than they are worth. */
const mostKeys = 8_000_000;
const hashed = ['STRING', 'INT64', 'DATE', 'TIMESTAMP'];

/** The keys that are in a table or were deleted from it; undefined where they cannot be told by their hashes. */
export async function storedKeys(
  connection: DuckDBConnection,
  table: TableResource,
): Promise<KnownKeys | undefined> {
  const columns = primaryKey(table).map((k) => table.columns.find((c) => c.name.toLowerCase() === k));
  if (!columns.every((c) => c !== undefined && hashed.includes(c.type.kind))) return undefined;
  const known = new KnownKeys();
  const deleted = await connection.runAndReadAll(
    `SELECT coalesce(hash, 0) FROM _emulator.deleted_keys WHERE table_name = ${text(table.sql)}`,
  );
  for (const [hash] of deleted.getRows() as bigint[][]) {
    if (!hash) return undefined;
    known.add(Number(BigInt.asIntN(32, hash)), Number(BigInt.asIntN(32, hash >> 32n)));
  }
  const names = columns.map((c) => quoted(c?.name ?? ''));
  const result = await connection.stream(`SELECT ${names.join(', ')} FROM ${table.sql}`);
  const parts = new Int32Array(names.length * 2);
  const key = new Int32Array(2);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return known;
    const values = names.map((_, i) => chunk.getColumnValues(i));
    for (let row = 0; row < chunk.rowCount; row++) {
      for (const [i, column] of values.entries()) hashValue(column[row] ?? null, parts, i);
      combineParts(parts, key, 0);
      known.add(key[0] as number, key[1] as number);
    }
    if (known.size > mostKeys) return undefined;
  }
}

function hashValue(value: DuckDBValue, parts: Int32Array, key: number): void {
  parts[key * 2] = key;
  parts[key * 2 + 1] = 0;
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    hashBytes(bytes, 0, bytes.length, parts, key * 2);
    return;
  }
  const whole =
    value instanceof DuckDBDateValue
      ? BigInt(value.days)
      : value instanceof DuckDBTimestampTZValue
        ? value.micros
        : typeof value === 'bigint'
          ? value
          : 0n;
  hashNumber(Number(BigInt.asIntN(32, whole)), Number(BigInt.asIntN(32, whole >> 32n)), parts, key * 2);
}
