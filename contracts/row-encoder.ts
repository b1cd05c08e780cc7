import type { Column } from './column.ts';
import { type LastText, lastText } from './last-text.ts';
import { ProtoWriter } from './proto-writer.ts';
import { changeFields, protoTypeOf, protoTypes } from './row-descriptor.ts';
import { type Row, type Table, type TableName, tables } from './tables.ts';

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

/** The texts that an order's row has in common with those of its items and payments, which are written next. */
const shared: ReadonlyMap<string, LastText> = new Map(
  [
    ...tables.orders.columns.filter(
      ({ name, type }) =>
        type === 'string' &&
        [tables.order_items, tables.order_payments].every(({ columns }: Table) =>
          columns.some((column) => column.name === name),
        ),
    ),
    changeFields.type,
    changeFields.sequence,
  ].map(({ name }) => [name, lastText()]),
);

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
      `{ w.tag(${tag(column.fieldId, protoTypeOf[column.type])}); ${writeOf(column)} }`,
  );
  const change =
    table.kind === 'upsert'
      ? [
          `if (change !== undefined) {`,
          `w.tag(${tag(changeFields.type.number, protoTypes.STRING)}); v = change.type; ${writeOf(changeFields.type)}`,
          `w.tag(${tag(changeFields.sequence.number, protoTypes.STRING)}); v = change.sequence; ${writeOf(changeFields.sequence)} }`,
        ]
      : [];
  const source = [
    'return function encode(row, change) { let v; w.reset();',
    ...lines,
    ...change,
    'return w.finish(); };',
  ];
  const scope = { w: new ProtoWriter(), ...Object.fromEntries(shared) };
  return new Function(...Object.keys(scope), source.join('\n'))(...Object.values(scope)) as AnyEncoder;
}

function writeOf({
  name,
  type = 'string',
}: {
  readonly name: string;
  readonly type?: Column['type'];
}): string {
  return shared.has(name) ? `w.repeated(v, ${name});` : `w.${writes[type]}(v);`;
}

function tag(number: number, type: number): number {
  return (number << 3) | (lengthDelimited.has(type) ? 2 : 0);
}
