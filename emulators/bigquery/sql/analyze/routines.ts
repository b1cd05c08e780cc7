import { entryOf } from '../catalogue/index.ts';
import { parseExpression, parseScript } from '../parse/script.ts';
import type { Call, FromItem, Query } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { apart, coerce, isDrawn, type Typed, tried } from '../typed.ts';
import { quoted, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import { columnValue, type Relation, type SqlRoutine } from './relation.ts';
import { Scope } from './scope.ts';

/** The body with its arguments in place: a function is its text, analysed anew at each call. */
export function expandBody(routine: SqlRoutine, inner: Scope, at: number, a: Analysis): Typed | Relation {
  return within(routine, a, at, () => {
    if (routine.kind === 'TABLE_VALUED_FUNCTION')
      return shaped(a.query(queryOf(routine), inner), routine, at);
    const value = a.expression(parseExpression(routine.body), inner);
    return routine.returns ? coerce(value, routine.returns) : value;
  });
}

/** What RETURNS TABLE promises holds for the answer's names, their order and their types. */
function shaped(relation: Relation, { name, returns }: SqlRoutine, at: number): Relation {
  if (returns?.kind !== 'STRUCT') return relation;
  const list = returns.fields.map((field, i) => {
    const column = relation.columns[i];
    if (column?.name?.toLowerCase() !== field.name?.toLowerCase() || !column)
      throw new SqlError(`Column ${field.name} of ${name} is not column ${i + 1} of its query`, at);
    // Of what is written in the query only NULL takes the type that is promised.
    const { literal, ...typed } = column;
    const { sql } = coerce(columnValue(literal === 'null' ? column : typed, 'q'), field.type, at);
    return {
      sql: `${sql} AS ${quoted(column.as)}`,
      column: { name: field.name, as: column.as, type: field.type },
    };
  });
  if (relation.columns.length > list.length)
    throw new SqlError(`The query of ${name} has more columns than RETURNS TABLE names`, at);
  return {
    sql: `SELECT ${list.map((c) => c.sql).join(', ')} FROM (${relation.sql}) AS q`,
    columns: list.map((c) => c.column),
    value: false,
  };
}

function queryOf(routine: SqlRoutine): Query {
  const [statement] = parseScript(routine.body);
  if (statement?.kind !== 'select') throw new SqlError('A table function is made of one query');
  return statement.query;
}

export function expandFunction(routine: SqlRoutine, call: Call, scope: Scope, a: Analysis): Typed {
  if (call.distinct || call.nulls || call.order || call.limit || call.having || call.over)
    throw notServed(`A call of ${routine.name} with DISTINCT, OVER or another modifier`, call.at);
  const args = call.args.map((e) => a.expression(e, scope));
  const body = (given: readonly Typed[]): Typed =>
    expandBody(routine, bound(routine, given, call.at), call.at, a) as Typed;
  if (routine.kind === 'AGGREGATE_FUNCTION' && !call.safe) {
    const value = body(args);
    // One value for each group, whatever the body is made of.
    return { sql: `CASE WHEN count(*) >= 0 THEN ${value.sql} END`, type: value.type };
  }
  if (!call.safe && !args.some(({ sql }) => isDrawn(sql))) return body(args);
  if (routine.kind !== 'SCALAR_FUNCTION') throw notServed(`SAFE.${routine.name}`, call.at);
  const hold = call.safe ? tried : apart;
  return { sql: hold(args, (held) => body(held).sql), type: body(args).type };
}

/** Only what is made as an aggregate function is made of aggregates; those of a sub-query are its own. */
export function refuseAggregates(routine: SqlRoutine, at: number): void {
  const visit = (tree: unknown): void => {
    if (typeof tree !== 'object' || tree === null) return;
    const { kind, name, over } = tree as { kind?: string; name?: string; over?: unknown };
    if (kind === 'subquery') return;
    if (kind === 'call' && !over && entryOf(name ?? '')?.kind === 'aggregate')
      throw new SqlError(`Aggregate function ${name} not allowed in SQL function body`, at);
    Object.values(tree).forEach(visit);
  };
  visit(parseExpression(routine.body));
}

export function expandTableFunction(
  routine: SqlRoutine,
  item: Extract<FromItem, { kind: 'tableFunction' }>,
  scope: Scope,
  a: Analysis,
): Relation {
  const inner = bound(
    routine,
    item.args.map((e) => a.expression(e, scope)),
    item.at,
  );
  return expandBody(routine, inner, item.at, a) as Relation;
}

function bound(routine: SqlRoutine, args: readonly Typed[], at: number): Scope {
  if (args.length !== routine.arguments.length)
    throw new SqlError(
      `Number of arguments does not match for function: ${routine.name}. Supported signature: ${routine.name}(${routine.arguments.map((x) => (x.type ? typeName(x.type) : 'ANY TYPE')).join(', ')})`,
      at,
    );
  const columns = routine.arguments.map(({ name, type }, i) => {
    const arg = type ? coerce(args[i] as Typed, type, at) : (args[i] as Typed);
    return {
      name,
      typed: { sql: arg.sql, type: arg.type, ...(arg.literal === 'null' && { literal: arg.literal }) },
    };
  });
  return new Scope(undefined, { ranges: [{ alias: undefined, columns }] });
}

const deepest = 16;

/** Positions inside the body mean nothing to the caller: errors are shown at the call. */
function within<T>(routine: SqlRoutine, a: Analysis, at: number, use: () => T): T {
  if (a.expanding.length >= deepest)
    throw new SqlError(`Functions are nested deeper than ${deepest} levels: ${routine.name}`, at);
  a.expanding.push(routine.name);
  try {
    return use();
  } catch (error) {
    throw error instanceof SqlError ? new SqlError(error.message, at, error.reason) : error;
  } finally {
    a.expanding.pop();
  }
}
