import { raise } from '../catalogue/entry.ts';
import { apart, fieldsOf, type Typed } from '../typed.ts';
import { duckType, holds, type Type } from '../types.ts';

/** The value on its way into a column: an array with a NULL in it may be computed with, and not be kept. */
export function storable(value: Typed, column: string): string {
  if (!holds(value.type, /ARRAY/) || isWritten(value)) return value.sql;
  const type = duckType(value.type);
  return apart([value], ([held]) => {
    const found = nullElements(held as Typed, column).map(
      ([condition, name]) =>
        `WHEN ${condition} THEN ${raise(`Array cannot have a null element; error in writing field ${name}`, type)}`,
    );
    return `CASE ${found.join(' ')} ELSE ${held?.sql} END`;
  });
}

/** A list of literals, none of which is NULL, or no list at all. */
const isWritten = ({ literal, parts, type }: Typed): boolean =>
  literal !== undefined ||
  (type.kind === 'ARRAY' && parts?.every((p) => typeof p.literal === 'object') === true);

type Found = readonly [condition: string, field: string];

function nullElements(value: Typed, field: string): Found[] {
  const { sql, type } = value;
  if (type.kind === 'STRUCT')
    return fieldsOf({ sql, type }).flatMap((part, i) => nullElements(part, type.fields[i]?.name ?? field));
  if (type.kind !== 'ARRAY') return [];
  return [[`list_count(${sql}) < len(${sql})`, field], ...within(sql, type.of, field)];
}

/** Arrays inside of the STRUCTs of an array. */
function within(list: string, type: Type, field: string): Found[] {
  if (!holds(type, /ARRAY/)) return [];
  return nullElements({ sql: 'element', type }, field).map(([condition, name]) => [
    `len(list_filter(${list}, lambda element: ${condition})) > 0`,
    name,
  ]);
}
