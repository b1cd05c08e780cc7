import { type DuckDBValue, listValue } from '@duckdb/node-api';
import type { TableResource } from '../engine/metadata.ts';
import { fieldType, type SchemaField } from '../engine/schema.ts';
import { changeType, sequenceCell } from './change-cells.ts';
import { BadValue, decimalOf } from './column-readers.ts';
import * as cells from './fast-cells.ts';
import { combineParts } from './known-keys.ts';
import { type FieldDescriptor, type MessageDescriptor, type RowError, readDescriptor } from './messages.ts';
import { type FieldReader, fieldReader, isRepeated, readPacked, SchemaMismatch } from './nested-values.ts';
import { ProtoReader } from './proto-reader.ts';
import { type Base, isValid, type Slab, type SlabColumn, type Width } from './slab.ts';

export { SchemaMismatch } from './nested-values.ts';

/** Rows as they came: one stretch of bytes and where in it each row begins and ends. */
export interface RawRows {
  readonly bytes: Buffer;
  readonly ranges: readonly number[];
}
/** What stands for columns that rows leave out, by place of the column. */
export type Defaults = ReadonlyMap<number, readonly DuckDBValue[]>;

interface Field {
  readonly tag: number;
  readonly name: string;
  readonly cell: cells.Cell;
  /** The place of the field that most rows have next: writers write them in one order, and all of them. */
  readonly next: number;
}
interface Required {
  readonly slot: number;
  readonly name: string;
  readonly key: boolean;
}

export function primaryKey(table: TableResource): readonly string[] {
  return (table.body.tableConstraints?.primaryKey?.columns ?? []).map((c) => c.toLowerCase());
}

/** The vectors a table's rows wait in: its columns; with a key also the sequence and whether it is a deletion. */
export function widthsOf(table: TableResource): Width[] {
  const widths = table.body.schema.fields.map(widthOf);
  return primaryKey(table).length > 0 ? [...widths, 16, 1] : widths;
}

function widthOf(field: SchemaField): Width {
  const { kind } = fieldType(field);
  if (kind === 'NUMERIC') return cells.decimalWidth(decimalOf(field).precision);
  if (/^(STRING|BYTES|JSON|INTERVAL|BIGNUMERIC)$/.test(kind)) return 16;
  // Lists and structures are set one by one when the chunk is made; here only their validity counts.
  return kind === 'BOOL' || kind === 'ARRAY' || kind === 'STRUCT' || kind.startsWith('RANGE')
    ? 1
    : kind === 'DATE'
      ? 4
      : 8;
}

/** Decodes rows of one descriptor for one table, straight into vectors: no object per row. */
export class RowDecoder {
  readonly isChange: boolean;
  /** False where a key column has a type whose values are not hashed: every change then looks at the table. */
  readonly hashesKeys: boolean;
  readonly #fields: Field[] = [];
  readonly #byTag = new Map<number, Field>();
  readonly #width: number;
  readonly #key: readonly string[];
  readonly #hashes: Int32Array;
  readonly #hashed = new Set<number>();
  readonly #required: readonly Required[];
  /** Repeated columns of the row at hand, by place. */
  readonly #lists = new Map<number, DuckDBValue[]>();
  readonly #repeated: readonly number[];

  constructor(descriptor: Buffer, table: TableResource) {
    const message = readDescriptor(descriptor);
    this.#key = primaryKey(table);
    this.#hashes = new Int32Array(this.#key.length * 2);
    this.isChange = message.fields.some((f) => f.name.toLowerCase() === '_change_type');
    if (this.isChange && this.#key.length === 0)
      throw new SchemaMismatch(
        `Table ${table.project}:${table.dataset}.${table.table} has no primary key: _CHANGE_TYPE needs one`,
      );
    this.#width = table.columns.length;
    this.#repeated = table.body.schema.fields.flatMap((f, i) => (isRepeated(f) ? [i] : []));
    for (const field of message.fields) this.#add(field, table, message);
    this.hashesKeys = this.#hashed.size === this.#key.length;
    this.#required = table.columns.flatMap((c, slot) => {
      const key = this.isChange && this.#key.includes(c.name.toLowerCase());
      return key || c.mode === 'REQUIRED' ? [{ slot, name: c.name, key }] : [];
    });
  }

  #add(field: FieldDescriptor, table: TableResource, message: MessageDescriptor): void {
    const name = field.name.toLowerCase();
    if (name === '_change_type' || name === '_change_sequence_number') {
      if (field.type !== 9) throw new SchemaMismatch(`${field.name} must be a string`);
      const cell = name === '_change_type' ? changeType(this.#width + 1) : sequenceCell(this.#width);
      // Without _CHANGE_TYPE the rows are plain ones, and the table may have no place for a sequence.
      this.#put(field, 2, this.isChange ? cell : (r) => void r.text());
      return;
    }
    const slot = table.columns.findIndex((c) => c.name.toLowerCase() === name);
    const schema = table.body.schema.fields[slot];
    if (!schema)
      throw new SchemaMismatch(`The source object has fields unknown to BigQuery: root.${field.name}.`, true);
    const reader = fieldReader(schema, field, [message], field.name);
    const list = this.#lists;
    const cell: cells.Cell = reader.repeated
      ? (r) => void list.get(slot)?.push(reader.read(r))
      : this.#hashing(schema, slot, reader, field.type);
    this.#put(field, reader.wire, cell);
    if (reader.packable) this.#put(field, 2, (r) => readPacked(r, reader.read, list.get(slot) ?? []));
  }

  #put({ number, name }: FieldDescriptor, wire: number, cell: cells.Cell): void {
    const tag = ((number << 3) | wire) >>> 0;
    const field = { tag, name, cell, next: this.#fields.length + 1 };
    this.#fields.push(field);
    this.#byTag.set(tag, field);
  }

  #hashing(schema: SchemaField, slot: number, reader: FieldReader, type: number): cells.Cell {
    const cell = fastCell(schema, slot, type);
    if (!cell) return cells.oddCell(slot, reader.read);
    const key = this.#key.indexOf(schema.name.toLowerCase());
    const { kind } = fieldType(schema);
    if (key < 0) return cell;
    const numeric = kind === 'INT64' || kind === 'DATE' || kind === 'TIMESTAMP';
    if (!numeric && kind !== 'STRING') return cell;
    this.#hashed.add(key);
    return numeric ? cells.hashedNumber(cell, this.#hashes, key) : cells.hashedText(cell, this.#hashes, key);
  }

  /** Into the slab from its first free row on. The rows count only once the caller says so. */
  decode(rows: RawRows, slab: Slab, base: Base, defaults?: Defaults): RowError[] {
    const errors: RowError[] = [];
    const reader = new ProtoReader(rows.bytes);
    for (let i = 0, row = slab.rows; i < rows.ranges.length; i += 2, row++) {
      try {
        reader.seek(rows.ranges[i] as number, rows.ranges[i + 1] as number);
        this.#row(reader, slab, row, base);
        if (defaults) fillDefaults(defaults, i / 2, slab, row);
        this.#check(slab, row);
      } catch (error) {
        errors.push({ index: i / 2, message: rowFault(error) });
      }
    }
    return errors;
  }

  #row(reader: ProtoReader, slab: Slab, row: number, base: Base): void {
    for (const slot of this.#repeated) this.#lists.set(slot, []);
    this.#fieldsOf(reader, slab, row, base);
    if (this.#repeated.length > 0)
      for (const [slot, items] of this.#lists) cells.setOdd(slab, slot, row, listValue(items));
    if (!this.isChange) return;
    if (this.hashesKeys) combineParts(this.#hashes, slab.hashes, row * 2);
    else slab.hashes.fill(0, row * 2, row * 2 + 2);
  }

  #fieldsOf(reader: ProtoReader, slab: Slab, row: number, base: Base): void {
    const fields = this.#fields;
    let field = fields[0];
    try {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        if (field === undefined || field.tag !== tag) field = this.#byTag.get(tag);
        if (field === undefined) throw new BadValue(`Unknown field with number ${tag >>> 3}`);
        field.cell(reader, slab, row, base);
        field = fields[field.next];
      }
    } catch (error) {
      throw field && error instanceof BadValue
        ? new BadValue(`Field ${field.name}: ${error.message}`)
        : error;
    }
  }

  #check(slab: Slab, row: number): void {
    let deleted = false;
    if (this.isChange) {
      const type = slab.columns[this.#width + 1] as SlabColumn;
      if (!isValid(type, row)) throw new BadValue('_CHANGE_TYPE must be UPSERT or DELETE, got nothing');
      deleted = type.u8[row] === 1;
    }
    for (const { slot, name, key } of this.#required)
      if (!isValid(slab.columns[slot] as SlabColumn, row) && (key || !deleted))
        throw new BadValue(`Field ${name} is required but was not set`);
  }
}

/** Undefined: the type on the wire is not the usual one for the column. */
function fastCell(schema: SchemaField, slot: number, type: number): cells.Cell | undefined {
  const varint = type === 3 || type === 5 || type === 4 || type === 13;
  switch (fieldType(schema).kind) {
    case 'STRING':
      return type === 9 ? cells.textCell(slot, Number(schema.maxLength ?? 0)) : undefined;
    case 'JSON':
      return type === 9 ? cells.jsonCell(slot) : undefined;
    case 'BYTES':
      return type === 12 ? cells.bytesCell(slot) : undefined;
    case 'INT64':
      return varint ? cells.int64Cell(slot) : undefined;
    case 'TIMESTAMP':
      return varint ? cells.timestampCell(slot) : undefined;
    case 'DATE':
      return varint ? cells.dateCell(slot) : undefined;
    case 'BOOL':
      return type === 8 ? cells.boolCell(slot) : undefined;
    case 'FLOAT64':
      return type === 1 ? cells.doubleCell(slot) : undefined;
    case 'NUMERIC': {
      if (type !== 9) return undefined;
      const { precision, scale } = decimalOf(schema);
      const slow = fieldReader(
        schema,
        { name: '', number: 0, label: 1, type, typeName: '' },
        [],
        schema.name,
      );
      return cells.decimalCell(slot, precision, scale, cells.oddCell(slot, slow.read));
    }
    default:
      return undefined;
  }
}

function fillDefaults(defaults: Defaults, index: number, slab: Slab, row: number): void {
  for (const [slot, values] of defaults)
    if (!isValid(slab.columns[slot] as SlabColumn, row)) cells.setOdd(slab, slot, row, values[index] ?? null);
}

function rowFault(error: unknown): string {
  if (error instanceof BadValue) return error.message;
  if (error instanceof RangeError) return `The row is not a message of the given schema: ${error.message}`;
  throw error;
}
