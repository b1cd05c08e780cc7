import type { OrderItem } from '../parse/syntax.ts';
import { SqlError } from '../sql-error.ts';
import { fieldsOf, type Typed } from '../typed.ts';
import { quoted } from '../types.ts';
import type { Analysis } from './context.ts';
import type { Column } from './relation.ts';
import { type Range, Scope } from './scope.ts';
import { computesOverRows, orderKey, placeOf } from './windows.ts';

interface Selected {
  readonly column: Column;
  readonly typed: Typed;
}

/**
 * Behind DISTINCT only what is selected is there to sort by, as it is or in an expression. DuckDB sorts such rows by
 * plain columns alone, so the query stands in another that orders them.
 */
export function orderedDistinct(
  sql: string,
  selected: readonly Selected[],
  order: readonly OrderItem[],
  late: Scope,
  a: Analysis,
): string {
  const around = quoted(a.unique('d'));
  const seen = new Map(
    selected.map(({ column, typed }) => [
      typed.sql,
      { sql: `${around}.${quoted(column.as)}`, type: typed.type },
    ]),
  );
  const scope = new Scope(late.parent, {
    ranges: late.ranges.flatMap((range) => rangeBehind(range, seen)),
    aliases: new Map(
      selected.map(({ column, typed }) => [column.name?.toLowerCase() ?? '', seen.get(typed.sql) ?? typed]),
    ),
  });
  const key = (item: OrderItem): string => {
    const place = placeOf(item, selected.length);
    const typed = place === undefined ? a.expression(item.by, late) : (selected[place] as Selected).typed;
    const found = seen.get(typed.sql);
    return orderKey(found ?? computed(item, scope, a), item, a);
  };
  return `SELECT * FROM (${sql}) AS ${around} ORDER BY ${order.map(key).join(', ')}`;
}

function computed({ by }: OrderItem, scope: Scope, a: Analysis): Typed {
  try {
    if (!computesOverRows(by)) return a.expression(by, scope);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
  throw new SqlError(
    'ORDER BY clause expression references column which is not visible after SELECT DISTINCT',
    by.at,
  );
}

function rangeBehind({ alias, columns, value }: Range, seen: ReadonlyMap<string, Typed>): readonly Range[] {
  const whole = value && seen.get(value.sql);
  if (whole) {
    const fields = whole.type.kind === 'STRUCT' ? whole.type.fields : [];
    const parts = fieldsOf(whole);
    return [
      {
        alias,
        value: whole,
        columns: fields.map(({ name }, i) => ({ name, typed: parts[i] ?? whole })),
      },
    ];
  }
  const left = columns.flatMap((column) => {
    const typed = seen.get(column.typed.sql);
    return typed ? [{ ...column, typed }] : [];
  });
  return left.length > 0 ? [{ alias, columns: left }] : [];
}
