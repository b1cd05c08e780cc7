import type { Bound, OrderItem, WindowSpec } from '../parse/syntax.ts';
import { SqlError } from '../sql-error.ts';
import type { Typed } from '../typed.ts';
import type { Analysis } from './context.ts';
import type { Scope } from './scope.ts';

export function orderBy(items: readonly OrderItem[], scope: Scope, a: Analysis): string {
  return items.length === 0
    ? ''
    : ` ORDER BY ${items.map((item) => orderKey(a.expression(item.by, scope), item)).join(', ')}`;
}

/** NULLs come first ascending and last descending; NaN stands between NULL and every number, where DuckDB has it last. */
export function orderKey(key: Typed, item: OrderItem): string {
  const nulls = item.nulls ?? (item.descending ? 'last' : 'first');
  const how = `${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`;
  if (key.type.kind === 'ARRAY' || key.type.kind === 'STRUCT' || key.type.kind === 'JSON')
    throw new SqlError(`Ordering by expressions of type ${key.type.kind} is not allowed`, item.by.at);
  const nan = key.type.kind === 'FLOAT64' ? `(NOT isnan(${key.sql})) ${how}, ` : '';
  return `${nan}${key.sql} ${how}`;
}

export function overClause(spec: WindowSpec, scope: Scope, a: Analysis): string {
  const full = resolved(spec, scope);
  const partition =
    full.partition.length === 0
      ? ''
      : `PARTITION BY ${full.partition.map((e) => a.expression(e, scope).sql).join(', ')}`;
  const frame = full.frame
    ? ` ${full.frame.unit} BETWEEN ${bound(full.frame.from, scope, a)} AND ${bound(full.frame.to, scope, a)}`
    : '';
  const order =
    full.frame?.unit === 'RANGE' && full.order.length === 1
      ? ` ORDER BY ${orderKey({ ...a.expression((full.order[0] as OrderItem).by, scope), type: { kind: 'INT64' } }, full.order[0] as OrderItem)}`
      : orderBy(full.order, scope, a);
  return ` OVER (${partition}${order}${frame})`;
}

function resolved(spec: WindowSpec, scope: Scope): WindowSpec {
  if (spec.base === undefined) return spec;
  const base = scope.windows.get(spec.base.toLowerCase());
  if (!base) throw new SqlError(`Unrecognized window alias ${spec.base}`);
  const from = resolved(base, scope);
  const frame = spec.frame ?? from.frame;
  return {
    partition: spec.partition.length > 0 ? spec.partition : from.partition,
    order: spec.order.length > 0 ? spec.order : from.order,
    ...(frame && { frame }),
  };
}

function bound(b: Bound, scope: Scope, a: Analysis): string {
  if (b.side === 'CURRENT') return 'CURRENT ROW';
  return `${b.distance ? a.expression(b.distance, scope).sql : 'UNBOUNDED'} ${b.side}`;
}
