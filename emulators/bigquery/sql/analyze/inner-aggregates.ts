import type { Typed } from '../typed.ts';
import type { Range, Scope } from './scope.ts';

const textsOf = (ranges: readonly Range[]): string[] =>
  ranges.flatMap((r) => [...(r.value ? [r.value.sql] : []), ...r.columns.map((c) => c.typed.sql)]);

/**
 * An aggregate belongs to the query in which it is written; DuckDB, as the SQL standard does, gives one over nothing but
 * columns of an outer query to that one. A column of its own query keeps it where it is.
 */
export function keptInside(args: readonly Typed[], within: Scope): readonly Typed[] {
  let scope = within;
  while (scope.parent && scope.ranges.some((r) => r.inline)) scope = scope.parent;
  const own = textsOf(scope.ranges);
  const [anchor] = own;
  if (anchor === undefined || !scope.parent) return args;
  const uses = (texts: readonly string[]): boolean =>
    args.some(({ sql }) => texts.some((text) => sql.includes(text)));
  if (uses(own)) return args;
  const outer: Range[] = [];
  for (let s: Scope | undefined = scope.parent; s; s = s.parent) outer.push(...s.ranges);
  if (!uses(textsOf(outer))) return args;
  return args.map((arg, i) =>
    i > 0 || arg.sql === '*' || arg.literal !== undefined
      ? arg
      : { sql: `CASE WHEN ${anchor} IS NULL THEN ${arg.sql} ELSE ${arg.sql} END`, type: arg.type },
  );
}
