import type { DuckDBValue } from '@duckdb/node-api';
import { kindOf } from '../engine/copies.ts';
import { atomically } from '../engine/database.ts';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { arrivalColumn, arrivalOf, checkPartition, isByArrival } from '../engine/partitions.ts';
import type { SchemaField } from '../engine/schema.ts';
import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import { BadCell, recordReader } from './cells.ts';
import { defaultExpression } from './defaults.ts';
import { Stage } from './stage.ts';

export interface SentRow {
  /** Null from clients that want no rows told apart. */
  readonly insertId?: string | null;
  readonly json?: Readonly<Record<string, unknown>>;
}
export interface RowErrors {
  readonly index: number;
  readonly errors: readonly { reason: string; location: string; debugInfo: string; message: string }[];
}
interface How {
  readonly skipInvalid: boolean;
  readonly ignoreUnknown: boolean;
  readonly partition?: string;
}

/** A row sent again under its id within this time is taken for a repetition, as far as the service promises it. */
const rememberedMillis = 60_000;

/** The insert ids that a table has seen of late. */
export class SeenIds {
  readonly #seen = new Map<string, number>();

  has(id: string, now: number): boolean {
    return (this.#seen.get(id) ?? Number.NEGATIVE_INFINITY) > now - rememberedMillis;
  }
  add(id: string, now: number): void {
    this.#seen.delete(id);
    this.#seen.set(id, now);
    // The oldest stand first.
    for (const [old, at] of this.#seen) {
      if (at > now - rememberedMillis) break;
      this.#seen.delete(old);
    }
  }
}
const seenIds = new WeakMap<Engine, Map<string, SeenIds>>();
function seenBy(engine: Engine, table: TableResource): SeenIds {
  const byTable = seenIds.get(engine) ?? new Map<string, SeenIds>();
  seenIds.set(engine, byTable);
  // A table made anew under the name has seen nothing.
  const key = `${table.sql} ${String(table.body.creationTime)}`;
  const seen = byTable.get(key) ?? new SeenIds();
  byTable.set(key, seen);
  return seen;
}

/** insertAll: one bad row refuses all, unless bad rows may be skipped. */
export async function insertRows(
  engine: Engine,
  table: TableResource,
  rows: readonly SentRow[],
  how: How,
): Promise<RowErrors[]> {
  const kind = kindOf(table.body);
  if (kind !== 'TABLE')
    throw new SqlError(`Cannot add rows to a table of type ${kind}.`, undefined, 'invalid');
  if (table.columns.length === 0)
    throw new SqlError('The destination table has no schema.', undefined, 'invalid');
  const shape = shapeOf(table);
  const read = recordReader(shape.fields, { ignoreUnknown: how.ignoreUnknown, jsonAsText: true });
  const seen = seenBy(engine, table);
  const now = engine.clock.now();
  const failed = new Map<number, BadCell>();
  const good: DuckDBValue[][] = [];
  const ids = new Set<string>();
  for (const [index, row] of rows.entries()) {
    try {
      const { insertId: id, json } = objectOf(row);
      const cells = [...read(json), ...shape.missing(json)];
      if (id && (seen.has(id, now) || ids.has(id))) continue;
      if (id) ids.add(id);
      good.push(cells);
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
      failed.set(index, error);
    }
  }
  const taken = failed.size === 0 || how.skipInvalid;
  if (taken && good.length > 0) {
    await write(engine, table, good, how.partition);
    for (const id of ids) seen.add(id, now);
  }
  return errorsOf(rows.length, failed, taken);
}

function objectOf(row: SentRow): { insertId?: string | null; json: Readonly<Record<string, unknown>> } {
  const json = row?.json ?? {};
  if (typeof row !== 'object' || row === null || typeof json !== 'object' || Array.isArray(json))
    throw new BadCell('', 'A row is an object with the fields json and, if wanted, insertId.');
  return { ...row, json };
}

function errorsOf(count: number, failed: ReadonlyMap<number, BadCell>, taken: boolean): RowErrors[] {
  const all: RowErrors[] = [];
  for (let index = 0; failed.size > 0 && index < count; index++) {
    const error = failed.get(index);
    if (error)
      all.push({
        index,
        errors: [{ reason: 'invalid', location: error.location, debugInfo: '', message: error.message }],
      });
    else if (!taken)
      all.push({ index, errors: [{ reason: 'stopped', location: '', debugInfo: '', message: '' }] });
  }
  return all;
}

/** A column with a default may be left out even if it is REQUIRED; which rows do so stands beside them. */
function shapeOf(table: TableResource): {
  fields: SchemaField[];
  missing: (json: Readonly<Record<string, unknown>>) => boolean[];
} {
  const names = table.columns.filter((c) => c.default !== undefined).map((c) => c.name.toLowerCase());
  const optional = (f: SchemaField): SchemaField =>
    names.includes(f.name.toLowerCase()) ? { ...f, mode: 'NULLABLE' } : f;
  return {
    fields: table.body.schema.fields.map(optional),
    missing: (json) => {
      if (names.length === 0) return [];
      const given = new Set(Object.keys(json).map((k) => k.toLowerCase()));
      return names.map((name) => !given.has(name));
    },
  };
}

async function write(
  engine: Engine,
  table: TableResource,
  rows: readonly DuckDBValue[][],
  partition: string | undefined,
): Promise<void> {
  const { body } = table;
  if (partition !== undefined) checkPartition(body, table.table, partition);
  const into = body.schema.fields.map((f) => quoted(f.name));
  const from = [...into];
  const withDefault = table.columns.filter((c) => c.default !== undefined);
  const flags = withDefault.map((_, i): SchemaField => ({ name: `_default_${i}`, type: 'BOOLEAN' }));
  for (const [i, column] of withDefault.entries())
    from[table.columns.indexOf(column)] =
      `CASE WHEN "_default_${i}" THEN ${defaultExpression(engine, table.project, column)} ELSE ${quoted(column.name)} END`;
  if (partition !== undefined && isByArrival(body)) {
    into.push(quoted(arrivalColumn));
    from.push(`make_timestamptz(${(arrivalOf(partition) ?? 0) * 1000})`);
  }
  await engine.database.write(async (c) => {
    const stage = await Stage.open(c, '_streamed', [...body.schema.fields, ...flags]);
    for (const row of rows) stage.add(row);
    stage.close();
    await engine.tableChanging(c, table);
    await atomically(c, () =>
      c.run(`INSERT INTO ${table.sql} (${into.join(', ')}) SELECT ${from.join(', ')} FROM ${stage.name}`),
    );
    await c.run(`DROP TABLE ${stage.name}`);
  });
}
