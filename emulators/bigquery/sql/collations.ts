import { notServed, SqlError } from './sql-error.ts';
import { arrayOf, type Collation, type StructField, type Type } from './types.ts';

/** The collation of that name; none for the empty one, which takes a collation away. */
export function collationOf(name: string, at?: number): Collation | undefined {
  if (name === '') return undefined;
  if (name === 'und:ci' || name === 'binary') return name;
  throw notServed(`The collation '${name}'`, at);
}

/** The type with each of its texts changed. */
function changed(type: Type, change: (type: Type, depth: number) => Type, depth = 0): Type {
  if (type.kind === 'ARRAY') return arrayOf(changed(type.of, change, depth + 1));
  if (type.kind === 'STRUCT')
    return { ...type, fields: type.fields.map((f) => ({ ...f, type: changed(f.type, change, depth) })) };
  return type.kind === 'STRING' ? change(type, depth) : type;
}

export const collated = (type: Type, collation: Collation | undefined): Type =>
  changed(type, () => ({ kind: 'STRING', ...(collation && { collation }) }));
export const uncollated = (type: Type): Type => (isCollated(type) ? collated(type, undefined) : type);

/** Whether a text in it has a collation, or one of that name. */
export function isCollated(type: Type, by?: Collation): boolean {
  if (type.kind === 'ARRAY') return isCollated(type.of, by);
  if (type.kind === 'STRUCT') return type.fields.some((f) => isCollated(f.type, by));
  return type.collation !== undefined && (by === undefined || type.collation === by);
}

/** As the service writes it into a message: of an ARRAY or a STRUCT one for each part. */
export function collationText(type: Type): string {
  if (type.kind === 'ARRAY') return `<${collationText(type.of)}>`;
  if (type.kind === 'STRUCT') return `<${type.fields.map((f) => collationText(f.type)).join(',')}>`;
  return type.collation === undefined ? '_' : `"${type.collation}"`;
}

/** The type with what the other, of the same shape, says of collations too; one explicit collation beside another is an error. */
export function merged(type: Type, other: Type, at?: number): Type {
  if (!isCollated(other)) return type;
  if (type.kind === 'ARRAY' && other.kind === 'ARRAY') return arrayOf(merged(type.of, other.of, at));
  if (type.kind === 'STRUCT' && other.kind === 'STRUCT')
    return {
      ...type,
      fields: type.fields.map((f, i) => ({
        ...f,
        type: merged(f.type, (other.fields[i] as StructField).type, at),
      })),
    };
  if (type.kind !== 'STRING' || other.kind !== 'STRING' || type.collation === other.collation) return type;
  if (type.collation !== undefined)
    throw new SqlError(`Collation conflict: "${other.collation}" vs. "${type.collation}"`, at);
  return other;
}

/** Whether such values are compared by a key instead of by themselves. */
export const hasKey = (type: Type): boolean => isCollated(type, 'und:ci');
