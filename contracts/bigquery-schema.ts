import type { Column, ColumnType } from './column.ts';
import type { Table } from './tables.ts';

/** A field of the REST API's TableSchema. */
export interface BigQueryField {
  readonly name: string;
  readonly type: 'STRING' | 'INTEGER' | 'NUMERIC' | 'TIMESTAMP' | 'DATE' | 'BOOLEAN' | 'BYTES' | 'JSON';
  readonly mode: 'REQUIRED' | 'NULLABLE';
  readonly description: string;
  /** Text, because the REST API gives int64 as text. */
  readonly precision?: string;
  readonly scale?: string;
}

const types: { readonly [T in ColumnType]: Pick<BigQueryField, 'type' | 'precision' | 'scale'> } = {
  string: { type: 'STRING' },
  int64: { type: 'INTEGER' },
  money: { type: 'NUMERIC', precision: '12', scale: '2' },
  instant: { type: 'TIMESTAMP' },
  date: { type: 'DATE' },
  bool: { type: 'BOOLEAN' },
  bytes: { type: 'BYTES' },
  json: { type: 'JSON' },
};

export function bigquerySchema(table: Table): BigQueryField[] {
  return table.columns.map((column: Column) => ({
    name: column.name,
    ...types[column.type],
    mode: column.required ? 'REQUIRED' : 'NULLABLE',
    description: column.description,
  }));
}

/** A type as it is called above: the service may tell its new name, depending on the API and on how a table was made. */
export function typeName(told = ''): string {
  return { INT64: 'INTEGER', BOOL: 'BOOLEAN' }[told] ?? told;
}
