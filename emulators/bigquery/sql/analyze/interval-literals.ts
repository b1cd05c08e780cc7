import { intervalSql } from '../catalogue/intervals.ts';
import { intervalParts, readIntervalRange } from '../native/intervals.ts';
import type { Expr } from '../parse/syntax.ts';
import { fail } from '../sql-error.ts';
import { coerce, type Typed } from '../typed.ts';
import { INT64, type Type } from '../types.ts';
import type { Analysis } from './context.ts';
import type { Scope } from './scope.ts';

type Interval = Extract<Expr, { kind: 'interval' }>;

/** `INTERVAL n DAY`, `INTERVAL '1-2' YEAR TO MONTH`. */
export function interval(e: Interval, scope: Scope, a: Analysis): Typed {
  const type: Type = { kind: 'INTERVAL' };
  const amount = a.expression(e.amount, scope);
  const { literal } = amount;
  if (amount.type.kind === 'STRING' && typeof literal === 'object') {
    const sql = intervalLiteral(literal.value, e);
    if (e.to !== undefined || !/^[+-]?\d+$/.test(literal.value)) return { sql, type };
    return { sql, type, interval: { amount: `CAST(${literal.value} AS BIGINT)`, part: e.part } };
  }
  if (e.to !== undefined)
    fail(
      'The INTERVAL keyword followed by an integer expression can only specify a single datetime field, not a field range. Consider using INTERVAL function for specifying multiple datetime fields.',
      e.at,
    );
  if (amount.type.kind !== 'INT64')
    fail(
      'Invalid interval literal. Expected INTERVAL keyword to be followed by an INT64 expression or STRING literal',
      e.at,
    );
  const n = coerce(amount, INT64, e.at).sql;
  const interval = { amount: n, part: e.part };
  const written = typeof literal === 'object' && e.part in intervalParts;
  return { sql: written ? intervalLiteral(literal.value, e) : intervalSql(n, e.part, e.at), type, interval };
}

function intervalLiteral(value: string, e: Interval): string {
  try {
    const { months, days, micros } = readIntervalRange(value, e.part, e.to ?? e.part);
    return `(to_months(${months}) + to_days(${days}) + to_microseconds(${micros}))`;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), e.at);
  }
}
