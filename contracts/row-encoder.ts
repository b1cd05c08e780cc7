import type { Column } from './column.ts';
import { ProtoWriter } from './proto-writer.ts';
import { changeFields, protoTypeOf, protoTypes } from './row-descriptor.ts';
import type { Row, Table, TableName } from './tables.ts';

export interface RowChange {
  readonly type: 'UPSERT' | 'DELETE';
  /** What changeSequence() gives. */
  readonly sequence: string;
}

export type RowEncoder<R> = (row: R, change?: RowChange) => Uint8Array;

const lengthDelimited: ReadonlySet<number> = new Set([protoTypes.STRING, protoTypes.BYTES]);

/** Writes a value with the wire type that the descriptor promises. */
const writes: { readonly [T in Column['type']]: string } = {
  string: 'text',
  json: 'text',
  money: 'money',
  bytes: 'blob',
  bool: 'bool',
  int64: 'integer',
  instant: 'integer',
  date: 'integer',
};

type AnyEncoder = RowEncoder<Row<TableName>>;

/** Generating is pure but not free, and callers ask per batch. */
const encoders = new WeakMap<Table, AnyEncoder>();

/**
 * One encoder per table, as code written for exactly its columns: every property is read at a site of its own,
 * which the engine makes a load at a fixed offset.
 */
export function rowEncoder<T extends TableName>(table: Table & { readonly name: T }): RowEncoder<Row<T>> {
  const encoder = encoders.get(table) ?? generate(table);
  encoders.set(table, encoder);
  return encoder as RowEncoder<Row<T>>;
}

function generate(table: Table): AnyEncoder {
  const lines = table.columns.map(
    (column) =>
      `v = row[${JSON.stringify(column.name)}]; if (v !== null && v !== undefined) ` +
      `{ w.tag(${tag(column.fieldId, protoTypeOf[column.type])}); w.${writes[column.type]}(v); }`,
  );
  const change =
    table.kind === 'upsert'
      ? [
          `if (change !== undefined) {`,
          `w.tag(${tag(changeFields.type.number, protoTypes.STRING)}); w.text(change.type);`,
          `w.tag(${tag(changeFields.sequence.number, protoTypes.STRING)}); w.text(change.sequence); }`,
        ]
      : [];
  const source = [
    'return function encode(row, change) { let v; w.reset();',
    ...lines,
    ...change,
    'return w.finish(); };',
  ];
  return new Function('w', source.join('\n'))(new ProtoWriter()) as AnyEncoder;
}

function tag(number: number, type: number): number {
  return (number << 3) | (lengthDelimited.has(type) ? 2 : 0);
}
