import type { TableResource } from '../engine/metadata.ts';
import type { SchemaField } from '../engine/schema.ts';
import type { ColumnInfo } from '../sql/analyze/relation.ts';
import {
  BadValue,
  type Carried,
  type ColumnReader,
  carrierOf,
  columnReader,
  wireTypeOf,
} from './column-readers.ts';
import { type FieldDescriptor, type RowError, readDescriptor } from './messages.ts';
import { ProtoReader } from './proto-reader.ts';

/** Rows of one request, column by column, in the order of the table's columns. */
export interface Batch {
  readonly columns: readonly (readonly (Carried | null)[])[];
  readonly rows: number;
  /** Set where the rows change rows by key. */
  readonly changes?: { readonly deletes: readonly boolean[]; readonly sequences: readonly string[] };
}
/** The descriptor and the table do not fit each other: no row of it can be taken. */
export class SchemaMismatch extends Error {}

const changeType = '_change_type';
const changeSequence = '_change_sequence_number';
const REPEATED = 3;

interface Field {
  readonly slot: number;
  readonly name: string;
  readonly read: ColumnReader;
}

/** Decodes rows of one descriptor for one table: a jump by field number, no object per row. */
export class RowDecoder {
  readonly isChange: boolean;
  readonly #byTag = new Map<number, Field>();
  readonly #width: number;
  readonly #required: readonly { slot: number; name: string; key: boolean }[];

  constructor(descriptor: Buffer, table: TableResource) {
    const key = new Set((table.body.tableConstraints?.primaryKey?.columns ?? []).map((c) => c.toLowerCase()));
    const fields = readDescriptor(descriptor);
    this.isChange = fields.some((f) => f.name.toLowerCase() === changeType);
    if (this.isChange && key.size === 0)
      throw new SchemaMismatch(
        `Table ${table.project}:${table.dataset}.${table.table} has no primary key: _CHANGE_TYPE needs one`,
      );
    this.#width = table.columns.length;
    for (const field of fields) this.#add(field, table);
    this.#required = table.columns
      .map((c, slot) => ({
        slot,
        name: c.name,
        key: key.has(c.name.toLowerCase()),
        needed: c.mode === 'REQUIRED' || (this.isChange && key.has(c.name.toLowerCase())),
      }))
      .filter((c) => c.needed);
  }

  #add(field: FieldDescriptor, table: TableResource): void {
    const name = field.name.toLowerCase();
    const special = name === changeType ? 0 : name === changeSequence ? 1 : undefined;
    if (special !== undefined) {
      if (field.type !== 9) throw new SchemaMismatch(`${field.name} must be a string`);
      this.#byTag.set((field.number << 3) | 2, {
        slot: this.#width + special,
        name: field.name,
        read: (r) => r.text(),
      });
      return;
    }
    const slot = table.columns.findIndex((c) => c.name.toLowerCase() === name);
    const column = table.columns[slot] as ColumnInfo | undefined;
    const schema = table.body.schema.fields[slot] as SchemaField;
    if (!column)
      throw new SchemaMismatch(`The source object has fields unknown to BigQuery: root.${field.name}.`);
    if (field.label === REPEATED || !carrierOf(column, schema))
      throw new SchemaMismatch(
        `Column ${column.name}: repeated and nested columns are not supported by the emulator's Storage Write`,
      );
    const read = columnReader(column, schema, field.type);
    const wire = wireTypeOf(field);
    if (!read || wire === undefined)
      throw new SchemaMismatch(
        `Proto field ${field.name} of type ${field.type} cannot be converted to ${column.type.kind}`,
      );
    this.#byTag.set((field.number << 3) | wire, { slot, name: field.name, read });
  }

  decode(rows: readonly Buffer[]): { batch: Batch } | { errors: RowError[] } {
    const errors: RowError[] = [];
    const columns = Array.from({ length: this.#width + 2 }, () =>
      new Array<Carried | null>(rows.length).fill(null),
    );
    const deletes = new Array<boolean>(rows.length).fill(false);
    const sequences = new Array<string>(rows.length).fill('');
    for (const [index, row] of rows.entries()) {
      try {
        this.#row(row, index, columns);
        if (this.isChange) deletes[index] = isDelete(columns[this.#width]?.[index]);
        if (this.isChange) sequences[index] = normalSequence(columns[this.#width + 1]?.[index]);
        for (const { slot, name, key } of this.#required)
          if (columns[slot]?.[index] === null && (key || !deletes[index]))
            throw new BadValue(`Field ${name} is required but was not set`);
      } catch (error) {
        errors.push({ index, message: rowFault(error) });
      }
    }
    if (errors.length > 0) return { errors };
    const batch = { rows: rows.length, columns: columns.slice(0, this.#width) };
    return { batch: this.isChange ? { ...batch, changes: { deletes, sequences } } : batch };
  }

  #row(row: Buffer, index: number, columns: (Carried | null)[][]): void {
    const reader = new ProtoReader(row);
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      const field = this.#byTag.get(tag);
      if (!field) throw new BadValue(`Unknown field with number ${tag >>> 3}`);
      try {
        (columns[field.slot] as (Carried | null)[])[index] = field.read(reader);
      } catch (error) {
        throw error instanceof BadValue ? new BadValue(`Field ${field.name}: ${error.message}`) : error;
      }
    }
  }
}

function isDelete(value: Carried | null | undefined): boolean {
  if (value === 'DELETE') return true;
  if (value === 'UPSERT') return false;
  throw new BadValue(
    `_CHANGE_TYPE must be UPSERT or DELETE, got ${value === null ? 'nothing' : String(value)}`,
  );
}

/** Sections padded to 16 digits, so that comparing text compares numbers section by section. */
export function normalSequence(value: Carried | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  if (/^[0-9A-F]{16}(\/[0-9A-F]{16}){0,3}$/.test(text)) return text;
  if (!/^[0-9a-fA-F]{1,16}(\/[0-9a-fA-F]{1,16}){0,3}$/.test(text))
    throw new BadValue(
      `_CHANGE_SEQUENCE_NUMBER must be 1 to 4 hexadecimal sections of 1 to 16 digits, got "${text}"`,
    );
  return text
    .toUpperCase()
    .split('/')
    .map((section) => section.padStart(16, '0'))
    .join('/');
}

function rowFault(error: unknown): string {
  if (error instanceof BadValue) return error.message;
  if (error instanceof RangeError) return `The row is not a message of the given schema: ${error.message}`;
  throw error;
}
