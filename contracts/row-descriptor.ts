import type { ColumnType } from './column.ts';
import type { Table } from './tables.ts';

/** google.protobuf.FieldDescriptorProto as a plain object, enums as numbers. */
export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: number;
  readonly type: number;
}

/** google.protobuf.DescriptorProto as a plain object: the writer schema of a Storage Write stream. */
export interface RowDescriptor {
  readonly name: string;
  /** Not read-only: the client's own type of a descriptor is not. */
  readonly field: FieldDescriptor[];
}

export const protoTypes = { INT64: 3, INT32: 5, BOOL: 8, STRING: 9, BYTES: 12 } as const;
const LABEL_OPTIONAL = 1;

/** How the Storage Write API takes each kind of column. */
export const protoTypeOf: { readonly [T in ColumnType]: number } = {
  string: protoTypes.STRING,
  int64: protoTypes.INT64,
  // NUMERIC as decimal text: its packed binary form buys nothing and cannot be read by eye.
  money: protoTypes.STRING,
  instant: protoTypes.INT64,
  date: protoTypes.INT32,
  bool: protoTypes.BOOL,
  bytes: protoTypes.BYTES,
  json: protoTypes.STRING,
};

/** Beyond any table's columns, so that a new column never renumbers them. */
export const changeFields = {
  type: { name: '_CHANGE_TYPE', number: 1001 },
  sequence: { name: '_CHANGE_SEQUENCE_NUMBER', number: 1002 },
} as const;

/** Every field is optional (proto2): a deletion carries the key and nothing else. */
export function rowDescriptor(table: Table): RowDescriptor {
  const columns = table.columns.map((column) => ({
    name: column.name,
    number: column.fieldId,
    label: LABEL_OPTIONAL,
    type: protoTypeOf[column.type],
  }));
  const change =
    table.kind === 'upsert'
      ? [changeFields.type, changeFields.sequence].map((field) => ({
          ...field,
          label: LABEL_OPTIONAL,
          type: protoTypes.STRING,
        }))
      : [];
  return { name: `${table.name}_row`, field: [...columns, ...change] };
}
