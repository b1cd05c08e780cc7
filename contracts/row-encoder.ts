import type { Carried } from './carried.ts';
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

const carriedNames: ReadonlySet<string> = new Set<keyof Carried>([
  'event_id',
  'version',
  'occurred_at',
  'content_hash',
  'corrections',
  'additional_fields',
]);

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

/** A body may be given as the bytes of its text: they are what would be written. */
type PartOf<R> = Omit<R, keyof Carried | 'payload'> &
  (R extends { readonly payload: infer P } ? { readonly payload: P | Uint8Array } : unknown);
type CarriedOf<R> = Pick<R, keyof R & keyof Carried>;

/** Rows of one table, one behind the other, each behind its tag and its length: so the list of an append holds them. */
export interface RowTape<R> {
  /** What belongs to the part of an event that a row is of, and what it carries of the event; of a whole row both. */
  write(part: PartOf<R>, carried: CarriedOf<R>, change?: RowChange): void;
  /** Where the row stands that was written last. Nothing overwrites it. */
  readonly slab: Uint8Array;
  readonly from: number;
  readonly to: number;
}

interface Made<R> {
  readonly writer: ProtoWriter;
  readonly write: (part: PartOf<R>, carried: CarriedOf<R>, change?: RowChange) => void;
}

/** Generating is pure but not free, and callers ask per batch. */
const writers = new WeakMap<Table, Made<never>>();

/** A row as bytes of its own. */
export function rowEncoder<T extends TableName>(table: Table & { readonly name: T }): RowEncoder<Row<T>> {
  const { writer, write } = madeFor(table);
  return (row, change) => {
    writer.reset();
    write(row as PartOf<Row<T>>, row, change);
    return writer.finish();
  };
}

export function rowTape<T extends TableName>(table: Table & { readonly name: T }): RowTape<Row<T>> {
  const { writer, write } = madeFor(table);
  return {
    write(part, carried, change) {
      writer.open();
      write(part, carried, change);
      writer.close();
    },
    get slab() {
      return writer.slab;
    },
    get from() {
      return writer.from;
    },
    get to() {
      return writer.to;
    },
  };
}

/**
 * One writer per table, as code written for exactly its columns: every property is read at a site of its own,
 * which the engine makes a load at a fixed offset.
 */
function madeFor<T extends TableName>(table: Table & { readonly name: T }): Made<Row<T>> {
  const made = writers.get(table) ?? generate(table);
  writers.set(table, made);
  return made as unknown as Made<Row<T>>;
}

function generate(table: Table): Made<never> {
  const lines = table.columns.map(
    (column) =>
      `v = ${carriedNames.has(column.name) ? 'carried' : 'part'}[${JSON.stringify(column.name)}]; if (v !== null && v !== undefined) ` +
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
  const source = ['return function write(part, carried, change) { let v;', ...lines, ...change, '};'];
  const writer = new ProtoWriter();
  const scope = { w: writer, ...Object.fromEntries(shared) };
  const write = new Function(...Object.keys(scope), source.join('\n'))(
    ...Object.values(scope),
  ) as Made<never>['write'];
  return { writer, write };
}

function writeOf({
  name,
  type = 'string',
}: {
  readonly name: string;
  readonly type?: Column['type'];
}): string {
  if (shared.has(name)) return `w.repeated(v, ${name});`;
  if (name === 'payload' && type === 'string') return `if (typeof v === 'string') w.text(v); else w.blob(v);`;
  return `w.${writes[type]}(v);`;
}

function tag(number: number, type: number): number {
  return (number << 3) | (lengthDelimited.has(type) ? 2 : 0);
}
