import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTERVAL,
  LIST,
  STRUCT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import { kindOf, type SchemaField, storedType } from '../engine/schema.ts';
import { duckFields, quoted, type ScalarKind } from '../sql/types.ts';
import { elementField } from './range-values.ts';

const scalars: Readonly<Partial<Record<ScalarKind, DuckDBType>>> = {
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  BOOL: BOOLEAN,
  STRING: VARCHAR,
  JSON: VARCHAR,
  BYTES: BLOB,
  BIGNUMERIC: BLOB,
  DATE,
  TIME,
  INTERVAL,
  DATETIME: TIMESTAMP,
  TIMESTAMP: TIMESTAMPTZ,
};

function chunkType(field: SchemaField): DuckDBType {
  if (field.mode?.toUpperCase() === 'REPEATED') return LIST(chunkType({ ...field, mode: 'NULLABLE' }));
  if (/^(RECORD|STRUCT)$/i.test(field.type)) {
    const fields = field.fields ?? [];
    const names = duckFields(fields.map((f) => ({ name: f.name, type: { kind: 'STRING' } })));
    return STRUCT(Object.fromEntries(names.map((name, i) => [name, chunkType(fields[i] as SchemaField)])));
  }
  const element = elementField(field);
  if (element) return STRUCT({ s: chunkType(element), e: chunkType(element) });
  const kind = kindOf(field);
  if (kind === 'NUMERIC')
    return field.precision === undefined
      ? DECIMAL(38, 9)
      : DECIMAL(Number(field.precision), Number(field.scale ?? 0));
  return (kind && scalars[kind]) ?? VARCHAR;
}

const chunkRows = 2048;

/**
 * Rows on their way into a table: gathered column by column, handed to DuckDB by the chunk into a temporary table,
 * and from there brought into their table by one statement, so that all arrive or none.
 */
export class Stage {
  readonly name: string;
  readonly #fields: readonly SchemaField[];
  readonly #types: DuckDBType[];
  readonly #appender: DuckDBAppender;
  #columns: DuckDBValue[][];
  #waiting = 0;
  rows = 0;

  private constructor(name: string, fields: readonly SchemaField[], appender: DuckDBAppender) {
    this.name = name;
    this.#fields = fields;
    this.#appender = appender;
    this.#types = fields.map(chunkType);
    this.#columns = fields.map(() => []);
  }

  static async open(
    connection: DuckDBConnection,
    name: string,
    fields: readonly SchemaField[],
  ): Promise<Stage> {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${quoted(name)} (${fields.map((f) => `${quoted(f.name)} ${storedType(f)}`).join(', ')})`,
    );
    return new Stage(
      `temp.${quoted(name)}`,
      fields,
      await connection.createAppender(name, undefined, 'temp'),
    );
  }

  add(row: readonly DuckDBValue[]): void {
    for (let i = 0; i < this.#fields.length; i++)
      (this.#columns[i] as DuckDBValue[])[this.#waiting] = row[i] ?? null;
    this.#waiting += 1;
    this.rows += 1;
    if (this.#waiting === chunkRows) this.#flush();
  }

  #flush(): void {
    if (this.#waiting === 0) return;
    const chunk = DuckDBDataChunk.create(this.#types, this.#waiting);
    for (const [i, values] of this.#columns.entries()) {
      values.length = this.#waiting;
      chunk.setColumnValues(i, values);
    }
    this.#appender.appendDataChunk(chunk);
    this.#waiting = 0;
  }

  /** No more rows: they can be read from `name` now. */
  close(): void {
    this.#flush();
    this.#appender.closeSync();
  }
}
