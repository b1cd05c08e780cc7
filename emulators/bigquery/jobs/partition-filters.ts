import type { Engine } from '../engine/engine.ts';
import type { Place } from '../engine/metadata.ts';
import { partitionColumn, partitionKey } from '../engine/partitions.ts';
import type { Analysis } from '../sql/analyze/context.ts';
import { tableRange } from '../sql/analyze/from.ts';
import { Scope } from '../sql/analyze/scope.ts';
import type { Expr, Query } from '../sql/parse/syntax.ts';
import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';

/** Which rows of a partitioned table are in partitions that the query's own WHERE leaves. */
export function partitionFilters(
  query: Query,
  engine: Engine,
  a: Analysis,
  place: Place,
): { table: string; condition: string }[] {
  const { body } = query;
  if (body.kind !== 'select' || body.from?.kind !== 'table' || !body.where) return [];
  const { project, dataset, table } = located(engine, body.from.path, place);
  const found = engine.metadata.table(project, dataset, table);
  const column = found && partitionColumn(found.body);
  const key = found && partitionKey(found.body);
  if (!found || column === undefined || key === undefined) return [];
  const alias = body.from.alias ?? found.table;
  const range = tableRange(engine.names(place).table(body.from.path), alias, a);
  const as = range.sql.slice(range.sql.lastIndexOf(' AS ') + 4);
  const kept = conjuncts(body.where)
    .map((e) => conditionOf(e, new Scope(undefined, { ranges: range.ranges }), a))
    .filter((sql) => sql?.includes(`${as}.${quoted(column)}`));
  if (kept.length === 0) return [];
  return [
    {
      table: found.sql,
      condition: `${key} IN (SELECT DISTINCT ${key} FROM ${range.sql} WHERE ${kept.join(' AND ')})`,
    },
  ];
}

function located(engine: Engine, path: readonly string[], place: Place): ReturnType<Engine['locate']> {
  try {
    return engine.locate(path, place);
  } catch {
    // The name of a common table.
    return { project: '', dataset: '', table: '' };
  }
}

const conjuncts = (e: Expr): Expr[] =>
  e.kind === 'call' && e.name === '$and' ? e.args.flatMap(conjuncts) : [e];

/** Undefined for what needs more than the table's own columns. */
function conditionOf(e: Expr, scope: Scope, a: Analysis): string | undefined {
  try {
    const before = a.reads.size;
    const { sql } = a.expression(e, scope);
    return a.reads.size === before ? sql : undefined;
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}
