import type { Expr } from '../parse/syntax.ts';
import { SqlError } from '../sql-error.ts';
import type { Analysis } from './context.ts';
import type { From, Scope } from './scope.ts';

const comparisons = new Set([
  '$equal',
  '$not_equal',
  '$less',
  '$less_or_equal',
  '$greater',
  '$greater_or_equal',
]);

/** Each partitioned table that wants a filter must have one by which partitions can be left out. */
export function demandFilters(
  { wants, conditions }: Pick<From, 'wants' | 'conditions'>,
  where: Expr | undefined,
  scope: Scope,
  a: Analysis,
): void {
  for (const { table, reference } of wants)
    if (!(where && leavesOut(where, reference, scope, a)) && !conditions.includes(reference))
      throw new SqlError(
        `Cannot query over table '${table.project}.${table.dataset}.${table.table}' without a filter over column(s) '${table.requiredFilter}' that can be used for partition elimination`,
      );
}

/**
 * Of conditions joined by AND one is enough, of those joined by OR all are needed; and a comparison with another
 * column of the row says nothing about a partition.
 */
function leavesOut(e: Expr, reference: string, scope: Scope, a: Analysis): boolean {
  const within = (part: Expr): boolean => leavesOut(part, reference, scope, a);
  if (e.kind === 'call') {
    if (e.name === '$and') return e.args.some(within);
    if (e.name === '$or') return e.args.every(within);
    if (e.name === '$not') return e.args.every(within);
    if (comparisons.has(e.name)) {
      const [left = '', right = ''] = e.args.map((side) => a.expression(side, scope).sql);
      return (
        (isOfPartition(left, reference) && !readsRow(right, reference)) ||
        (isOfPartition(right, reference) && !readsRow(left, reference))
      );
    }
  }
  return a.expression(e, scope).sql.includes(reference);
}

/** `"t$1"."day"` belongs to the row `"t$1"`. */
const readsRow = (sql: string, reference: string): boolean =>
  sql.includes(reference.slice(0, reference.lastIndexOf('."') + 1));
const isOfPartition = (sql: string, reference: string): boolean =>
  sql.includes(reference) && !readsRow(sql.replaceAll(reference, ''), reference);
