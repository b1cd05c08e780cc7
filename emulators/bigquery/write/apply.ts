import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import type { TableResource } from '../engine/metadata.ts';
import { quoted, text } from '../sql/types.ts';
import { type Carrier, carrierOf } from './column-readers.ts';
import type { Batch } from './row-decoder.ts';

const duckTypes: Readonly<Record<Carrier['type'], DuckDBType>> = {
  VARCHAR,
  BIGINT,
  INTEGER,
  DOUBLE,
  BOOLEAN,
  BLOB,
};
const chunkRows = 2048;

/** Brings batches of one table into it: staged as they came, then inserted or merged by one statement. */
export async function applyBatches(
  connection: DuckDBConnection,
  table: TableResource,
  batches: readonly Batch[],
): Promise<void> {
  const carriers = table.columns.map((c, i) => carrierOf(c, table.body.schema.fields[i] as never));
  const used = table.columns
    .map((c, slot) => ({ name: c.name, slot, carrier: carriers[slot] }))
    .filter((c): c is Staged => c.carrier !== undefined);
  const plain = batches.filter((b) => !b.changes);
  const changes = batches.filter((b) => b.changes);
  if (plain.length > 0) await insert(connection, table, used, plain);
  if (changes.length > 0) await merge(connection, table, used, changes);
}

interface Staged {
  readonly name: string;
  readonly slot: number;
  readonly carrier: Carrier;
}
const stage = 'temp."_stage"';

async function fill(
  connection: DuckDBConnection,
  used: readonly Staged[],
  batches: readonly Batch[],
  isChange: boolean,
): Promise<void> {
  const extra = isChange ? ', "_delete" BOOLEAN, "_sequence" VARCHAR, "_arrival" INTEGER' : '';
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_stage" (${used.map((c) => `${quoted(c.name)} ${c.carrier.type}`).join(', ')}${extra})`,
  );
  const types = [
    ...used.map((c) => duckTypes[c.carrier.type]),
    ...(isChange ? [BOOLEAN, VARCHAR, INTEGER] : []),
  ];
  const appender = await connection.createAppender('_stage', undefined, 'temp');
  let arrival = 0;
  for (const batch of batches)
    for (let from = 0; from < batch.rows; from += chunkRows) {
      const to = Math.min(from + chunkRows, batch.rows);
      const chunk = DuckDBDataChunk.create(types, to - from);
      for (const [i, { slot, carrier }] of used.entries())
        chunk.setColumnValues(i, valuesOf(batch, slot, carrier, from, to));
      if (batch.changes) {
        chunk.setColumnValues(used.length, batch.changes.deletes.slice(from, to));
        chunk.setColumnValues(used.length + 1, batch.changes.sequences.slice(from, to));
        chunk.setColumnValues(
          used.length + 2,
          Array.from({ length: to - from }, () => arrival++),
        );
      }
      appender.appendDataChunk(chunk);
    }
  appender.closeSync();
}

function valuesOf(batch: Batch, slot: number, carrier: Carrier, from: number, to: number): DuckDBValue[] {
  const column = (batch.columns[slot] ?? []).slice(from, to);
  if (column.length === 0) return new Array<DuckDBValue>(to - from).fill(null);
  return carrier.type === 'BLOB'
    ? column.map((v) => (v === null ? null : new DuckDBBlobValue(v as Uint8Array)))
    : (column as DuckDBValue[]);
}

async function insert(
  connection: DuckDBConnection,
  table: TableResource,
  used: readonly Staged[],
  batches: readonly Batch[],
): Promise<void> {
  await fill(connection, used, batches, false);
  await connection.run(
    `INSERT INTO ${table.sql} (${used.map((c) => quoted(c.name)).join(', ')}) SELECT ${used.map((c) => c.carrier.sql(quoted(c.name))).join(', ')} FROM ${stage}`,
  );
}

/**
 * For each key the highest sequence wins, of equals the one that came last. What a key's row was changed by is kept
 * beside it, and for a deleted key in a table of its own, so that a change that comes late cannot undo a newer one.
 */
async function merge(
  connection: DuckDBConnection,
  table: TableResource,
  used: readonly Staged[],
  batches: readonly Batch[],
): Promise<void> {
  await fill(connection, used, batches, true);
  const keys = (table.body.tableConstraints?.primaryKey?.columns ?? []).map(quoted);
  const deleted = deletedKey(table, keys);
  const winners = `SELECT ${used.map((c) => `${c.carrier.sql(quoted(c.name))} AS ${quoted(c.name)}`).join(', ')}, "_delete", "_sequence"
    FROM (SELECT * FROM ${stage} QUALIFY row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY "_sequence" DESC, "_arrival" DESC) = 1)`;
  await connection.run(`CREATE OR REPLACE TEMP TABLE "_winners" AS ${winners}`);
  await connection.run(
    `DELETE FROM temp."_winners" AS w WHERE EXISTS (SELECT 1 FROM _emulator.deleted_keys AS d WHERE ${deleted('d', 'w')} AND d.sequence > w."_sequence")`,
  );
  const newer = `s."_sequence" >= coalesce(t."_change_sequence", '')`;
  await connection.run(`MERGE INTO ${table.sql} AS t USING temp."_winners" AS s ON (${keys.map((k) => `t.${k} = s.${k}`).join(' AND ')})
    WHEN MATCHED AND s."_delete" AND ${newer} THEN DELETE
    WHEN MATCHED AND NOT s."_delete" AND ${newer} THEN UPDATE SET ${used.map((c) => `${quoted(c.name)} = s.${quoted(c.name)}`).join(', ')}, "_change_sequence" = s."_sequence"
    WHEN NOT MATCHED AND NOT s."_delete" THEN INSERT (${used.map((c) => quoted(c.name)).join(', ')}, "_change_sequence") VALUES (${used.map((c) => `s.${quoted(c.name)}`).join(', ')}, s."_sequence")`);
  if (!batches.some((b) => b.changes?.deletes.includes(true))) return;
  await connection.run(
    `DELETE FROM _emulator.deleted_keys AS d WHERE EXISTS (SELECT 1 FROM temp."_winners" AS w WHERE w."_delete" AND ${deleted('d', 'w')})`,
  );
  await connection.run(
    `INSERT INTO _emulator.deleted_keys SELECT ${text(table.sql)}, ${keyText(keys, 'w')}, "_sequence" FROM temp."_winners" AS w WHERE "_delete" AND NOT EXISTS (SELECT 1 FROM ${table.sql} AS t WHERE ${keys.map((k) => `t.${k} = w.${k}`).join(' AND ')})`,
  );
}

const keyText = (keys: readonly string[], alias: string): string =>
  `CAST(row(${keys.map((k) => `${alias}.${k}`).join(', ')}) AS VARCHAR)`;
const deletedKey =
  (table: TableResource, keys: readonly string[]) =>
  (d: string, w: string): string =>
    `${d}.table_name = ${text(table.sql)} AND ${d}.key = ${keyText(keys, w)}`;
