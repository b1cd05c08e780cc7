import {
  type DuckDBConnection,
  type DuckDBDecimalType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import { type SchemaField, storedType } from '../../engine/schema.ts';
import { notServed, SqlError } from '../../sql/sql-error.ts';
import { quoted, text } from '../../sql/types.ts';
import type { Arriving } from '../destination.ts';
import type { Session } from '../session.ts';
import { asKnown } from './known-fields.ts';
import type { Configuration } from './reading.ts';
import type { Source } from './sources.ts';

interface Column {
  readonly field: SchemaField;
  readonly sql: string;
}

/** DuckDB reads the files itself; what it finds is given the types and shapes that the service would give it. */
export async function parquetRelation(
  session: Session,
  sources: readonly Source[],
  known: readonly SchemaField[] | undefined,
  configuration: Configuration,
): Promise<Arriving> {
  const { connection } = session;
  const files = await Promise.all(sources.map((s) => s.file()));
  const relation = `read_parquet([${files.map(text).join(', ')}], union_by_name = true)`;
  const options = (configuration.parquetOptions ?? {}) as Configuration;
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM ${relation} LIMIT 0`);
    const shape = await leaves(connection, files[0] ?? '');
    const columns = reader
      .columnNames()
      .map((name, i) =>
        column(name, reader.columnType(i), shape.get(name), options.enableListInference === true),
      );
    const fields = asKnown(
      columns.map((c) => c.field),
      known,
    );
    const list = columns.map((c, i) => {
      const field = fields[i] ?? c.field;
      return `CAST(${c.sql} AS ${storedType(field)}) AS ${quoted(field.name)}`;
    });
    return { fields, relation: `(SELECT ${list.join(', ')} FROM ${relation}) AS p` };
  } catch (error) {
    if (error instanceof SqlError) throw error;
    throw new SqlError(
      `Error while reading data, error message: Input file is not in Parquet format: ${(error as Error).message.split('\n')[0]}`,
      undefined,
      'invalid',
    );
  }
}

interface TopLevel {
  readonly required: boolean;
  readonly physical: string | null;
  /** What the file calls the elements of a list. */
  readonly element: string;
}

/** The file's schema tree comes flat, depth first; only its first level and the names in lists matter here. */
async function leaves(connection: DuckDBConnection, file: string): Promise<Map<string, TopLevel>> {
  const reader = await connection.runAndReadAll(
    `SELECT name, type, repetition_type, coalesce(num_children, 0) FROM parquet_schema(${text(file)})`,
  );
  const nodes = reader.getRows().slice(1) as [string, string | null, string, bigint][];
  const found = new Map<string, TopLevel>();
  let at = 0;
  const size = (i: number): number => {
    let end = i + 1;
    for (let child = 0; child < Number(nodes[i]?.[3] ?? 0); child++) end += size(end);
    return end - i;
  };
  while (at < nodes.length) {
    const node = nodes[at] as (typeof nodes)[number];
    found.set(node[0], {
      required: node[2] === 'REQUIRED',
      physical: node[1],
      element: nodes[at + 2]?.[0] ?? 'element',
    });
    at += size(at);
  }
  return found;
}

function column(name: string, type: DuckDBType, top: TopLevel | undefined, inferLists: boolean): Column {
  const sql = quoted(name);
  if (type.typeId === DuckDBTypeId.MAP) return mapColumn(name, type as DuckDBMapType);
  if (type.typeId !== DuckDBTypeId.LIST)
    return {
      sql,
      field: { ...field(name, type, top?.physical), mode: top?.required ? 'REQUIRED' : 'NULLABLE' },
    };
  const item = field(name, (type as DuckDBListType).valueType);
  if (inferLists) return { sql: `coalesce(${sql}, [])`, field: { ...item, mode: 'REPEATED' } };
  // Unless asked to look through it, the service shows the three levels of a Parquet list.
  const element = top?.element ?? 'element';
  return {
    sql: `struct_pack(list := list_transform(coalesce(${sql}, []), lambda _item_: struct_pack(${quoted(element)} := _item_)))`,
    field: {
      name,
      type: 'RECORD',
      mode: top?.required ? 'REQUIRED' : 'NULLABLE',
      fields: [
        {
          name: 'list',
          type: 'RECORD',
          mode: 'REPEATED',
          fields: [{ ...item, name: element, mode: 'NULLABLE' }],
        },
      ],
    },
  };
}

function mapColumn(name: string, type: DuckDBMapType): Column {
  return {
    sql: `coalesce(map_entries(${quoted(name)}), [])`,
    field: {
      name,
      type: 'RECORD',
      mode: 'REPEATED',
      fields: [field('key', type.keyType), field('value', type.valueType)],
    },
  };
}

const scalars: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'INTEGER',
  [DuckDBTypeId.UTINYINT]: 'INTEGER',
  [DuckDBTypeId.USMALLINT]: 'INTEGER',
  [DuckDBTypeId.UINTEGER]: 'INTEGER',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.VARCHAR]: 'STRING',
  [DuckDBTypeId.BLOB]: 'BYTES',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIME]: 'TIME',
  [DuckDBTypeId.TIMESTAMP]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_S]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_MS]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_NS]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
};

function field(name: string, type: DuckDBType, physical?: string | null): SchemaField {
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const struct = type as DuckDBStructType;
    return {
      name,
      type: 'RECORD',
      mode: 'NULLABLE',
      fields: struct.entryNames.map((inner, i) => field(inner, struct.entryTypes[i] as DuckDBType)),
    };
  }
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const { width, scale } = type as DuckDBDecimalType;
    if (scale > 9 || width - scale > 29)
      throw notServed(`The Parquet type DECIMAL(${width}, ${scale}) of the column ${name} (a BIGNUMERIC)`);
    return { name, type: 'NUMERIC', mode: 'NULLABLE' };
  }
  if (type.alias === 'JSON') return { name, type: 'JSON', mode: 'NULLABLE' };
  // INT96 has no zone in the file, and means UTC.
  if (physical === 'INT96') return { name, type: 'TIMESTAMP', mode: 'NULLABLE' };
  const found = scalars[type.typeId];
  if (found === undefined) throw notServed(`The Parquet type ${type.toString()} of the column ${name}`);
  return { name, type: found, mode: 'NULLABLE' };
}
