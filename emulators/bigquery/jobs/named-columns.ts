import type { Relation } from '../sql/analyze/relation.ts';
import { SqlError } from '../sql/sql-error.ts';
import { quoted, type Type } from '../sql/types.ts';

export interface NamedColumn {
  readonly name: string;
  /** As DuckDB calls it. */
  readonly as: string;
  readonly type: Type;
}

/** The columns of an answer: those without a name are numbered among themselves. */
export function namedColumns({ columns }: Pick<Relation, 'columns'>, at?: number): NamedColumn[] {
  let unnamed = 0;
  const named = columns.map(({ name, as, type }) => ({ name: name ?? `f${unnamed++}_`, as, type }));
  const names = named.map((c) => c.name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new SqlError(
      `Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): ${twice}`,
      at,
    );
  return named;
}

/** The rows, each column under its name. */
export const selectNamed = (sql: string, columns: readonly NamedColumn[]): string =>
  `SELECT ${columns.map((c) => `${quoted(c.as)} AS ${quoted(c.name)}`).join(', ')} FROM (${sql}) AS q`;
