import { type DuckDBStructValue, type DuckDBValue, listValue, structValue } from '@duckdb/node-api';
import type { SchemaField } from '../engine/schema.ts';
import { fieldType } from '../engine/schema.ts';
import { elementField, rangeValue } from '../rows/range-values.ts';
import { misplacedEnds } from '../sql/native/range-text.ts';
import { duckFields, type StructField, type Type } from '../sql/types.ts';
import { BadValue, valueReader, wireTypeOf } from './column-readers.ts';
import type { FieldDescriptor, MessageDescriptor } from './messages.ts';
import type { ProtoReader } from './proto-reader.ts';

/** The descriptor and the table do not fit each other: no row of it can be taken. */
export class SchemaMismatch extends Error {
  readonly extraFields: boolean;
  constructor(message: string, extraFields = false) {
    super(message);
    this.extraFields = extraFields;
  }
}

export const REPEATED = 3;
const MESSAGE = 11;
const LENGTH_DELIMITED = 2;
export type Read = (reader: ProtoReader) => DuckDBValue;

/** How one field comes off the wire: a value each time it occurs, or several at once where it is packed. */
export interface FieldReader {
  readonly wire: number;
  readonly repeated: boolean;
  readonly read: Read;
  /** Numbers of a repeated field may also come packed into one stretch of bytes. */
  readonly packable: boolean;
}

export function fieldReader(
  column: SchemaField,
  field: FieldDescriptor,
  scope: readonly MessageDescriptor[],
  path: string,
): FieldReader {
  const type = fieldType(column);
  const repeated = type.kind === 'ARRAY';
  if (repeated !== (field.label === REPEATED))
    throw new SchemaMismatch(
      `Proto field ${path} is ${field.label === REPEATED ? 'repeated' : 'not repeated'}, but the column is ${column.mode ?? 'NULLABLE'}`,
    );
  const one = type.kind === 'ARRAY' ? type.of : type;
  const element = elementField(column);
  const read = element
    ? rangeReader(element, field, scope, path)
    : one.kind === 'STRUCT'
      ? structReader(column, one, field, scope, path)
      : one.kind === 'ARRAY'
        ? undefined
        : valueReader(one.kind, column, field.type);
  const wire = field.type === MESSAGE ? LENGTH_DELIMITED : wireTypeOf(field);
  if (!read || wire === undefined)
    throw new SchemaMismatch(`Proto field ${path} of type ${field.type} cannot be converted to ${one.kind}`);
  return { wire, repeated, read, packable: repeated && wire !== LENGTH_DELIMITED };
}

/** A message of `start` and `end`; one that is left out is unbounded. */
function rangeReader(
  element: SchemaField,
  field: FieldDescriptor,
  scope: readonly MessageDescriptor[],
  path: string,
): Read | undefined {
  const fields = ['start', 'end'].map((name) => ({ ...element, name }));
  const column: SchemaField = { name: element.name, type: 'RECORD', fields };
  const read = structReader(column, fieldType(column) as Type & { kind: 'STRUCT' }, field, scope, path);
  return (
    read &&
    ((r) => {
      const { start = null, end = null } = (read(r) as DuckDBStructValue).entries;
      const range = rangeValue(element, start, end);
      if (range === undefined) throw new BadValue(`${path}: ${misplacedEnds}`);
      return range;
    })
  );
}

function structReader(
  column: SchemaField,
  type: Type & { kind: 'STRUCT' },
  field: FieldDescriptor,
  scope: readonly MessageDescriptor[],
  path: string,
): Read | undefined {
  if (field.type !== MESSAGE) return undefined;
  const message = resolve(field.typeName, scope);
  if (!message)
    throw new SchemaMismatch(`The type ${field.typeName} of proto field ${path} is not in the descriptor`);
  const inner = [message, ...scope];
  const columns = column.fields ?? [];
  const names = duckFields(type.fields as readonly StructField[]);
  const byTag = new Map<number, { slot: number; reader: FieldReader; packed: boolean }>();
  for (const f of message.fields) {
    const slot = columns.findIndex((c) => c.name.toLowerCase() === f.name.toLowerCase());
    const target = columns[slot];
    if (!target)
      throw new SchemaMismatch(
        `The source object has fields unknown to BigQuery: root.${path}.${f.name}.`,
        true,
      );
    const reader = fieldReader(target, f, inner, `${path}.${f.name}`);
    byTag.set((f.number << 3) | reader.wire, { slot, reader, packed: false });
    if (reader.packable) byTag.set((f.number << 3) | LENGTH_DELIMITED, { slot, reader, packed: true });
  }
  return (r) => {
    const values: (DuckDBValue | DuckDBValue[])[] = columns.map((c) => (isRepeated(c) ? [] : null));
    const body = r.message();
    for (let tag = body.tag(); tag !== 0; tag = body.tag()) {
      const found = byTag.get(tag);
      if (!found) throw new BadValue(`${path}: Unknown field with number ${tag >>> 3}`);
      const { slot, reader, packed } = found;
      if (packed) readPacked(body, reader.read, values[slot] as DuckDBValue[]);
      else if (reader.repeated) (values[slot] as DuckDBValue[]).push(reader.read(body));
      else values[slot] = reader.read(body);
    }
    for (const [slot, c] of columns.entries())
      if (values[slot] === null && c.mode?.toUpperCase() === 'REQUIRED')
        throw new BadValue(`Field ${path}.${c.name} is required but was not set`);
    return structValue(
      Object.fromEntries(
        names.map((name, slot) => {
          const value = values[slot] ?? null;
          return [name, Array.isArray(value) ? listValue(value) : value];
        }),
      ),
    );
  };
}

export const isRepeated = (field: SchemaField): boolean => field.mode?.toUpperCase() === 'REPEATED';

export function readPacked(r: ProtoReader, read: Read, into: DuckDBValue[]): void {
  const body = r.message();
  while (body.position < body.end) into.push(read(body));
}

/** `.Outer.Inner`, `Outer.Inner` or `Inner`: looked for from the innermost message outwards, as protobuf does. */
function resolve(typeName: string, scope: readonly MessageDescriptor[]): MessageDescriptor | undefined {
  const path = typeName.replace(/^\./, '').split('.');
  for (const from of scope) {
    const steps = path[0] === from.name && path.length > 1 ? path.slice(1) : path;
    let found: MessageDescriptor | undefined = from;
    for (const step of steps) found = found?.nested.find((m) => m.name === step);
    if (found) return found;
  }
  return undefined;
}
