import type { ColumnType } from './column.ts';
import type { Table } from './tables.ts';

export interface IcebergField {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly doc: string;
}

/** A schema as the Iceberg specification's Appendix C writes it. */
export interface IcebergSchema {
  readonly type: 'struct';
  readonly 'schema-id': number;
  readonly 'identifier-field-ids': readonly number[];
  readonly fields: readonly IcebergField[];
}

const types: { readonly [T in ColumnType]: string } = {
  string: 'string',
  int64: 'long',
  money: 'decimal(12, 2)',
  instant: 'timestamptz',
  date: 'date',
  bool: 'boolean',
  bytes: 'binary',
  // Iceberg before version 3 has no JSON; text is what every engine reads.
  json: 'string',
};

export function icebergSchema(table: Table): IcebergSchema {
  return {
    type: 'struct',
    'schema-id': 0,
    'identifier-field-ids': table.columns
      .filter((column) => table.key.includes(column.name))
      .map((column) => column.fieldId),
    fields: table.columns.map((column) => ({
      id: column.fieldId,
      name: column.name,
      required: column.required,
      type: types[column.type],
      doc: column.description,
    })),
  };
}
