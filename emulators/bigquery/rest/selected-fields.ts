import type { SchemaField } from '../engine/schema.ts';
import { SqlError } from '../sql/sql-error.ts';

/** Fields as the caller picked them, `a,b.c`, in the table's order; `index` is where each stood. */
export interface Picked {
  readonly index: number;
  readonly field: SchemaField;
  /** Of a RECORD that was not taken whole. */
  readonly inner?: readonly Picked[];
}

export function pickedFields(fields: readonly SchemaField[], names: string | null): Picked[] {
  if (names === null || names === '') return fields.map((field, index) => ({ index, field }));
  const paths = names.split(',').map((path) => path.trim().toLowerCase());
  for (const path of paths)
    if (!fields.some((f) => f.name.toLowerCase() === path.split('.')[0]))
      throw new SqlError(`No such field: ${path}`, undefined, 'invalid');
  return fields.flatMap((field, index): Picked[] => {
    const own = field.name.toLowerCase();
    if (paths.includes(own)) return [{ index, field }];
    const below = paths.filter((p) => p.startsWith(`${own}.`)).map((p) => p.slice(own.length + 1));
    if (below.length === 0) return [];
    const inner = pickedFields(field.fields ?? [], below.join());
    return [{ index, inner, field: { ...field, fields: inner.map((p) => p.field) } }];
  });
}

/** A cell as REST has it, without what of its RECORD was not asked for. */
export function pickedCell(cell: unknown, { field, inner }: Picked): unknown {
  if (!inner || cell === null) return cell;
  if (field.mode?.toUpperCase() === 'REPEATED' && Array.isArray(cell))
    return cell.map(({ v }) => ({ v: record(v, inner) }));
  return record(cell, inner);
}

const record = (value: unknown, inner: readonly Picked[]): unknown => {
  if (value === null) return null;
  const { f } = value as { f: readonly { v: unknown }[] };
  return { f: inner.map((p) => ({ v: pickedCell(f[p.index]?.v ?? null, p) })) };
};
