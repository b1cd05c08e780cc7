import { typeName } from '../../contracts/index.ts';
import type { Table } from '../definition/index.ts';
import { differences } from './difference.ts';

type Column = Table['columns'][number];

/** A column as the service answers it: with defaults left out and with both names of a type. */
export interface ColumnThere {
  readonly name?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly description?: string;
  readonly precision?: string | number;
  readonly scale?: string | number;
}

export interface ColumnChanges {
  readonly possible: readonly string[];
  /** What BigQuery only does by making the table anew, rows lost. */
  readonly impossible: readonly string[];
}

export function columnChanges(wanted: readonly Column[], there: readonly ColumnThere[]): ColumnChanges {
  const possible: string[] = [];
  const impossible: string[] = [];
  const byName = new Map(there.map((column) => [column.name, column]));

  for (const column of wanted) {
    const existing = byName.get(column.name);
    if (!existing) {
      if (column.mode === 'REQUIRED')
        impossible.push(`new column ${column.name} is REQUIRED, rows have no value for it`);
      else possible.push(`new column ${column.name}`);
      continue;
    }
    const { name, mode, description, type, ...exactness } = column;
    const type_ = typeName(existing.type);
    if (type_ !== type) impossible.push(`column ${name} is ${type_}, wanted ${type}`);
    impossible.push(...differences(exactness, existing, `column ${name}`));
    const modeThere = existing.mode ?? 'NULLABLE';
    if (modeThere !== mode) {
      const change = `column ${name} is ${modeThere}, wanted ${mode}`;
      if (mode === 'NULLABLE' && modeThere === 'REQUIRED') possible.push(change);
      else impossible.push(change);
    }
    if ((existing.description ?? '') !== description) possible.push(`description of ${name}`);
  }
  const names = new Set<string | undefined>(wanted.map(({ name }) => name));
  for (const { name } of there) {
    if (!names.has(name)) impossible.push(`column ${name} is there and not in the definition`);
  }
  return { possible, impossible };
}
