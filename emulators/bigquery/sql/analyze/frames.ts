import type { Bound, Frame, OrderItem } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { coerce, type Typed } from '../typed.ts';
import { INT64, type Type } from '../types.ts';
import type { Analysis } from './context.ts';
import type { Scope } from './scope.ts';

type Side = 'PRECEDING' | 'FOLLOWING';

/** The bounds of a frame; `distance` says how far one lies from the row, given what is written. */
function between({ unit, from, to }: Frame, distance: (b: Bound, side: Side) => string): string {
  const bound = (b: Bound): string => {
    if (b.side === 'CURRENT') return 'CURRENT ROW';
    return b.distance ? `${distance(b, b.side)} ${b.side}` : `UNBOUNDED ${b.side}`;
  };
  return ` ${unit} BETWEEN ${bound(from)} AND ${bound(to)}`;
}

export function frameClause(frame: Frame, scope: Scope, a: Analysis): string {
  return between(frame, (b) => written(b, INT64, scope, a));
}

/** It is read once, before any row. */
function written({ distance }: Bound, type: Type, scope: Scope, a: Analysis): string {
  if (!distance) return '0';
  const given = a.expression(distance, scope);
  if (given.literal === 'null') throw new SqlError('Window framing expression cannot be NULL', distance.at);
  const { sql } = coerce(given, type, distance.at);
  return typeof given.literal === 'object' ? sql : `bq_distance(${sql})`;
}

export const isCounted = (frame: Frame | undefined): frame is Frame =>
  frame?.unit === 'RANGE' && (frame.from.distance !== undefined || frame.to.distance !== undefined);

/**
 * A RANGE whose bounds are counted from the key. DuckDB adds to and takes from it, so each kind of key becomes one
 * that has room for that: a bound beyond the last value of the type lies behind every row, and is no error.
 */
export function countedRange(
  frame: Frame,
  order: readonly OrderItem[],
  scope: Scope,
  a: Analysis,
): { readonly key: Typed; readonly item: OrderItem; readonly bounds: string } {
  const [item] = order;
  if (!item || order.length > 1)
    throw new SqlError(
      'A RANGE-based window with OFFSET PRECEDING or FOLLOWING boundaries must have exactly one ORDER BY key',
      item?.by.at,
    );
  const { sql: k, type } = a.expression(item.by, scope);
  const widened = rooms[type.kind];
  if (!widened) {
    if (type.kind === 'BIGNUMERIC') throw notServed('RANGE over BIGNUMERIC', item.by.at);
    throw new SqlError(
      'ORDER BY key must be numeric in a RANGE-based window with OFFSET PRECEDING or FOLLOWING boundaries',
      item.by.at,
    );
  }
  const bounds = between(frame, (b, side) => {
    const onwards = (side === 'FOLLOWING') !== item.descending;
    return widened.distance(k, written(b, type, scope, a), onwards ? 'bq_onwards' : 'bq_backwards');
  });
  return { key: { sql: widened.key(k), type: INT64 }, item, bounds };
}

interface Room {
  readonly key: (k: string) => string;
  readonly distance: (k: string, d: string, way: string) => string;
}
const rooms: Readonly<Partial<Record<Type['kind'], Room>>> = {
  INT64: { key: (k) => `CAST(${k} AS HUGEINT)`, distance: (_, d) => `CAST(${d} AS HUGEINT)` },
  NUMERIC: {
    key: (k) => `bq_units(${k})`,
    distance: (k, d, way) => `${way}(bq_units(${k}), bq_units(${d}), ${'17'.padEnd(39, '0')})`,
  },
  // NaN comes before -inf; and none of the three is within reach of anything but its like.
  FLOAT64: {
    key: (k) => `bq_range_key(${k})`,
    distance: (k, d, way) => `${way}_doubles(${k}, ${d})`,
  },
};
