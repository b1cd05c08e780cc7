import { collationText, isCollated } from '../collations.ts';
import { parseExpression, parseScript } from '../parse/script.ts';
import type { Call, FromItem, Query } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { apart, coerce, isDrawn, type Typed, tried } from '../typed.ts';
import { INT64, quoted, type StructField, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import { columnValue, type Relation, type SqlRoutine } from './relation.ts';
import { type CommonTable, Scope } from './scope.ts';
import { aggregateIn } from './windows.ts';

/** The body with its arguments in place: a function is its text, analysed anew at each call. */
export function expandBody(routine: SqlRoutine, inner: Scope, at: number, a: Analysis): Typed | Relation {
  return within(routine, a, at, () => {
    if (routine.kind === 'TABLE_VALUED_FUNCTION')
      return shaped(a.query(queryOf(routine), inner), routine, at);
    const value = a.expression(parseExpression(routine.body), inner);
    if (isCollated(value.type))
      throw new SqlError(
        `Collation ${collationText(value.type)} in return type of user-defined function body is not allowed`,
        at,
      );
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
    if (isCollated(column.type))
      throw new SqlError(
        `Collation ${collationText(column.type)} on output column ${field.name} is not allowed when an explicit result schema is present`,
        at,
      );
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
  const rows = routine.kind === 'AGGREGATE_FUNCTION' ? scope.ungrouped() : scope;
  const args = call.args.map((e) => a.expression(e, rows));
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
  const found = aggregateIn(parseExpression(routine.body));
  if (found) throw new SqlError(`Aggregate function ${found.name} not allowed in SQL function body`, at);
}

export function expandTableFunction(
  routine: SqlRoutine,
  item: Extract<FromItem, { kind: 'tableFunction' }>,
  scope: Scope,
  a: Analysis,
): Relation {
  const ctes = new Map<string, CommonTable>();
  const args = item.args.map((e, i) => {
    const { name, type, table } = routine.arguments[i] ?? { name: '' };
    if (!table || type?.kind !== 'STRUCT') return notCollated(a.expression(e, scope), '', e.at);
    if (e.kind !== 'subquery' || e.form !== 'scalar')
      throw new SqlError(`Argument ${name} of ${routine.name} is a table`, e.at);
    ctes.set(name.toLowerCase(), tableOf(a.query(e.query, scope), type.fields, name, e.at));
    return undefined;
  });
  return expandBody(routine, bound(routine, args, item.at, ctes), item.at, a) as Relation;
}

/** Of the table that is given those columns that the function asks for, wherever they stand. */
function tableOf(given: Relation, fields: readonly StructField[], name: string, at: number): CommonTable {
  // Its text may stand in the body more than once.
  if (isDrawn(given.sql)) throw notServed('A table with RAND or GENERATE_UUID as an argument', at);
  const columns = fields.map((field) => ({ name: field.name, as: field.name ?? '', type: field.type }));
  const list = columns.map(({ as, type }) => {
    const found = given.columns.find((c) => c.name?.toLowerCase() === as.toLowerCase());
    if (!found) throw new SqlError(`Required column ${as} not found in the table for ${name}`, at);
    notCollated(found, `column ${as} of `, at);
    return `${coerce(columnValue(found, 'q'), type, at).sql} AS ${quoted(as)}`;
  });
  return { sql: `(SELECT ${list.join(', ')} FROM (${given.sql}) AS q)`, columns, value: false };
}

function notCollated<T extends Pick<Typed, 'type'>>(given: T, what: string, at: number): T {
  if (!isCollated(given.type)) return given;
  const collation = collationText(given.type);
  throw new SqlError(`Collation ${collation} on ${what}argument of TVF call is not allowed`, at);
}

/** With arguments of the declared types, whatever they are. */
export function withAnyArguments(routine: SqlRoutine): Scope {
  const ctes = new Map<string, CommonTable>();
  const args = routine.arguments.map(({ name, type = INT64, table }) => {
    if (!table || type.kind !== 'STRUCT') return { sql: 'NULL', type };
    const columns = type.fields.map((f) => ({ name: f.name, as: f.name ?? '', type: f.type }));
    ctes.set(name.toLowerCase(), { sql: '(SELECT 1)', columns, value: false });
    return undefined;
  });
  return bound(routine, args, 0, ctes);
}

function bound(
  routine: SqlRoutine,
  args: readonly (Typed | undefined)[],
  at: number,
  ctes: ReadonlyMap<string, CommonTable> = new Map(),
): Scope {
  if (args.length !== routine.arguments.length)
    throw new SqlError(
      `Number of arguments does not match for function: ${routine.name}. Supported signature: ${routine.name}(${routine.arguments.map(nameOf).join(', ')})`,
      at,
    );
  const columns = routine.arguments.flatMap(({ name, type, table }, i) => {
    if (table) return [];
    const arg = type ? coerce(args[i] as Typed, type, at) : (args[i] as Typed);
    const literal = arg.literal === 'null' ? { literal: arg.literal } : {};
    // A declared type has no collation.
    return [{ name, typed: { sql: arg.sql, type: type ?? arg.type, ...literal } }];
  });
  return new Scope(undefined, { ranges: [{ alias: undefined, columns }], ctes });
}

const nameOf = ({ type, table }: SqlRoutine['arguments'][number]): string =>
  type ? typeName(type).replace(/^STRUCT/, table ? 'TABLE' : 'STRUCT') : 'ANY TYPE';

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
