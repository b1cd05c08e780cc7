import { SqlError } from '../sql-error.ts';
import { Cursor } from './cursor.ts';
import { argument, expression, operand, orderItems, windowSpec } from './expressions.ts';
import { closed, everyRow, type Grammar, pipeline } from './pipes.ts';
import { atSetOperator, setOperator } from './set-operators.ts';
import type { Expr, FromItem, Grouping, Query, Select, SelectItem, SetOperation } from './syntax.ts';

export function cursorOver(text: string): Cursor {
  return new Cursor(text, query);
}

export function query(c: Cursor): Query {
  const at = c.at;
  const recursive = c.is('WITH', 'RECURSIVE');
  const ctes = c.accept('WITH') ? commonTables(c) : [];
  const piped = c.is('FROM');
  const body = piped ? fromQuery(c) : setOperation(c);
  const order = c.accept('ORDER', 'BY') ? orderItems(c) : [];
  const limit = c.accept('LIMIT') ? expression(c) : undefined;
  const offset = limit && c.accept('OFFSET') ? expression(c) : undefined;
  const plain: Query = {
    kind: 'query',
    with: ctes,
    recursive,
    body,
    order,
    at,
    ...(limit && { limit }),
    ...(offset && { offset }),
  };
  const alias = body.kind === 'query' && c.accept('AS') ? c.identifier() : undefined;
  if (alias !== undefined && !c.is('|>')) c.fail();
  if (!c.is('|>')) return plain;
  const first = piped ? plain : closed(plain);
  if (ctes.length === 0) return pipeline(c, first, grammar, alias);
  const inner = pipeline(c, { ...first, with: [], recursive: false }, grammar, alias);
  return inner.with.length === 0 ? { ...inner, with: ctes, recursive } : { ...plain, body: inner, order: [] };
}

/** `FROM t`, as a pipeline begins: all of its columns. */
function fromQuery(c: Cursor): Select {
  const at = c.at;
  c.expect('FROM');
  const from = fromClause(c);
  const all: SelectItem = { kind: 'all', at, except: [], replace: [] };
  return { kind: 'select', distinct: false, items: [all], from, windows: [], at };
}

function commonTables(c: Cursor): { name: string; query: Query; at: number }[] {
  c.accept('RECURSIVE');
  const one = () => {
    const at = c.at;
    const name = c.identifier();
    c.expect('AS', '(');
    const inner = query(c);
    c.expect(')');
    return { name, query: inner, at };
  };
  const found = [one()];
  while (c.accept(',')) {
    if (c.isAny('SELECT', '(', '|>')) break;
    found.push(one());
  }
  return found;
}

type Body = Select | SetOperation | Query;

function setOperation(c: Cursor): Body {
  let left = queryPrimary(c);
  let first: string | undefined;
  for (;;) {
    const at = c.at;
    const operator = setOperator(c);
    if (!operator) return left;
    first ??= JSON.stringify(operator);
    // The service asks for parentheses wherever two different set operations meet.
    if (first !== JSON.stringify(operator))
      throw new SqlError(
        'Syntax error: Different set operations cannot be used in the same query without using parentheses for grouping',
        at,
      );
    left = { kind: 'set', ...operator, left, right: queryPrimary(c), at };
  }
}

function queryPrimary(c: Cursor): Body {
  if (c.accept('(')) {
    const inner = query(c);
    c.expect(')');
    return inner;
  }
  return select(c);
}

function select(c: Cursor): Select {
  const at = c.at;
  c.expect('SELECT');
  const distinct = c.accept('DISTINCT');
  if (!distinct) c.accept('ALL');
  const as = c.accept('AS', 'STRUCT') ? 'STRUCT' : c.accept('AS', 'VALUE') ? 'VALUE' : undefined;
  const items = [selectItem(c)];
  while (c.accept(',')) {
    if (
      c.isAny('FROM', ')', ';', 'WHERE', 'ORDER', 'LIMIT', 'UNION', 'WINDOW', '|>') ||
      c.peek().kind === 'end'
    )
      break;
    items.push(selectItem(c));
  }
  const from = c.accept('FROM') ? fromClause(c) : undefined;
  const where = c.accept('WHERE') ? expression(c) : undefined;
  const group = c.accept('GROUP', 'BY') ? grouping(c) : undefined;
  const having = c.accept('HAVING') ? expression(c) : undefined;
  const qualify = c.accept('QUALIFY') ? expression(c) : undefined;
  return {
    kind: 'select',
    distinct,
    items,
    windows: windows(c),
    at,
    ...(as && { as }),
    ...(from && { from }),
    ...(where && { where }),
    ...(group && { group }),
    ...(having && { having }),
    ...(qualify && { qualify }),
  };
}

function windows(c: Cursor): Select['windows'] {
  if (!c.accept('WINDOW')) return [];
  return c.list(() => {
    const name = c.identifier();
    c.expect('AS');
    return { name, spec: c.is('(') ? windowSpec(c) : { base: c.identifier(), partition: [], order: [] } };
  });
}

const grammar: Grammar = {
  query,
  queryPrimary,
  selectItem,
  joins,
  pivoted,
  sample,
  commonTables,
  grouping,
  windows,
  tableArgument,
  aliases,
};

function selectItem(c: Cursor): SelectItem {
  const at = c.at;
  if (c.accept('*')) return { kind: 'all', at, ...starModifiers(c) };
  const value = expression(c);
  if (c.accept('.')) {
    c.expect('*');
    return { kind: 'all', of: value, at, ...starModifiers(c) };
  }
  const alias = c.alias();
  return alias === undefined ? { kind: 'value', value } : { kind: 'value', value, alias };
}

function starModifiers(c: Cursor): { except: string[]; replace: { name: string; value: Expr }[] } {
  let except: string[] = [];
  if (c.is('EXCEPT', '(')) {
    c.expect('EXCEPT', '(');
    except = c.list(() => c.identifier());
    c.expect(')');
  }
  let replace: { name: string; value: Expr }[] = [];
  if (c.is('REPLACE', '(')) {
    c.expect('REPLACE', '(');
    replace = c.list(() => {
      const value = expression(c);
      c.accept('AS');
      return { name: c.identifier(), value };
    });
    c.expect(')');
  }
  return { except, replace };
}

function grouping(c: Cursor): Grouping {
  if (c.accept('ALL')) return { kind: 'all' };
  if (!c.is('GROUPING', 'SETS')) return keyList(c);
  c.expect('GROUPING', 'SETS', '(');
  const sets = c.list(() =>
    c.isAny('ROLLUP', 'CUBE') ? keyList(c) : { kind: 'list' as const, by: keys(c).map((e) => [e]) },
  );
  c.expect(')');
  return { kind: 'sets', sets };
}

type KeyList = Exclude<Grouping, { kind: 'all' | 'sets' }>;

function keyList(c: Cursor): KeyList {
  const kind = c.is('ROLLUP', '(') ? 'rollup' : c.is('CUBE', '(') ? 'cube' : undefined;
  if (!kind) return { kind: 'list', by: c.is('(', ')') ? emptyKeys(c) : c.list(() => [expression(c)]) };
  c.take();
  c.expect('(');
  const by = c.list(() => keys(c));
  c.expect(')');
  return { kind, by };
}

function emptyKeys(c: Cursor): [] {
  c.expect('(', ')');
  return [];
}

/** `a`, `(a, b)` or `()`. */
function keys(c: Cursor): readonly Expr[] {
  if (c.is('(', ')')) return emptyKeys(c);
  // A STRUCT is one key.
  const several = c.is('(');
  const key = expression(c);
  return several && key.kind === 'struct' && !key.type ? key.items.map((i) => i.value) : [key];
}

export function fromClause(c: Cursor): FromItem {
  let left = joined(c);
  while (c.is(',')) {
    const at = c.take().at;
    left = { kind: 'join', type: 'CROSS', left, right: besideComma(c), at };
  }
  return left;
}

/** Joins group from left to right, with a comma too; one that keeps rows of its right side says so in parentheses. */
function besideComma(c: Cursor): FromItem {
  const first = fromPrimary(c);
  const all = joins(c, first);
  for (let item = all; item.kind === 'join' && item !== first; item = item.left)
    if (item.type === 'RIGHT' || item.type === 'FULL')
      throw new SqlError(`${item.type} JOIN must be parenthesized when following a comma join`, item.at);
  return all;
}

function joined(c: Cursor): FromItem {
  return joins(c, fromPrimary(c));
}

/** Everything joined to `left`. */
function joins(c: Cursor, first: FromItem): FromItem {
  let left = first;
  for (;;) {
    const at = c.at;
    const type = atSetOperator(c) ? undefined : joinType(c);
    if (!type) return left;
    const right = nested(c, fromPrimary(c), type);
    const on = c.accept('ON') ? expression(c) : undefined;
    let using: string[] | undefined;
    if (!on && c.accept('USING')) {
      c.expect('(');
      using = c.list(() => c.identifier());
      c.expect(')');
    }
    left = { kind: 'join', type, left, right, at, ...(on && { on }), ...(using && { using }) };
  }
}

/** `a JOIN b JOIN c ON … ON …`: the last condition is that of the first join, whose right side is the rest. */
function nested(c: Cursor, right: FromItem, type: string): FromItem {
  if (type === 'CROSS' || right.kind === 'unnest' || c.isAny('ON', 'USING') || atSetOperator(c)) return right;
  const mark = c.mark;
  const rest = joins(c, right);
  if (rest !== right && c.isAny('ON', 'USING')) return rest;
  c.back(mark);
  return right;
}

function joinType(c: Cursor): 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | undefined {
  if (c.accept('JOIN')) return 'INNER';
  for (const type of ['INNER', 'CROSS', 'LEFT', 'RIGHT', 'FULL'] as const)
    if (c.accept(type)) {
      if (type !== 'INNER' && type !== 'CROSS') c.accept('OUTER');
      c.expect('JOIN');
      return type;
    }
  return undefined;
}

export function fromPrimary(c: Cursor): FromItem {
  const at = c.at;
  let item = fromTarget(c, at);
  while (atPivot(c)) item = pivoted(c, item);
  return item;
}

export function atPivot(c: Cursor): boolean {
  return (
    (c.is('PIVOT') && c.peek(1).upper === '(') ||
    (c.is('UNPIVOT') && /^(\(|INCLUDE|EXCLUDE)$/.test(c.peek(1).upper))
  );
}

export function pivoted(c: Cursor, of: FromItem): FromItem {
  const at = c.at;
  if (c.accept('UNPIVOT')) return unpivot(c, of, at);
  c.expect('PIVOT', '(');
  const aggregates = c.list(() => {
    const call = expression(c);
    const alias = c.is('FOR') ? undefined : c.alias();
    return alias === undefined ? { call } : { call, alias };
  });
  c.expect('FOR');
  const by = operand(c);
  c.expect('IN', '(');
  const values = c.list(() => {
    const value = expression(c);
    const alias = c.alias();
    return alias === undefined ? { value } : { value, alias };
  });
  c.expect(')', ')');
  return { kind: 'pivot', of, aggregates, by, values, at, ...aliases(c) };
}

function unpivot(c: Cursor, of: FromItem, at: number): FromItem {
  const includeNulls = c.accept('INCLUDE', 'NULLS');
  if (!includeNulls) c.accept('EXCLUDE', 'NULLS');
  c.expect('(');
  const names = (): string[] => {
    if (!c.accept('(')) return [c.identifier()];
    const several = c.list(() => c.identifier());
    c.expect(')');
    return several;
  };
  const values = names();
  c.expect('FOR');
  const name = c.identifier();
  c.expect('IN', '(');
  const sets = c.list(() => {
    const columns = names();
    if (c.accept('AS') || /string|number/.test(c.peek().kind)) return { columns, label: expression(c) };
    return { columns };
  });
  c.expect(')', ')');
  return { kind: 'unpivot', of, values, name, sets, includeNulls, at, ...aliases(c) };
}

function fromTarget(c: Cursor, at: number): FromItem {
  if (c.accept('UNNEST')) {
    c.expect('(');
    const of = expression(c);
    c.expect(')');
    return { kind: 'unnest', of, at, ...aliases(c) };
  }
  if (c.accept('(')) {
    if (c.isAny('SELECT', 'WITH', 'FROM') || c.is('(')) {
      const mark = c.mark;
      try {
        const inner = query(c);
        c.expect(')');
        return { kind: 'derived', query: inner, at, ...aliases(c) };
      } catch (error) {
        // "((a JOIN b …))": a parenthesised join looks like a query until its first word.
        c.back(mark);
        if (!c.is('(')) throw error;
      }
    }
    const inner = fromClause(c);
    c.expect(')');
    return inner;
  }
  const path = c.path();
  if (c.accept('(')) {
    const args = c.is(')') ? [] : c.list(() => tableArgument(c));
    c.expect(')');
    return { kind: 'tableFunction', path, args, at, ...aliases(c) };
  }
  const asOfFirst = systemTime(c);
  const named = aliases(c);
  const asOf = asOfFirst ?? systemTime(c);
  const samplePercent = c.accept('TABLESAMPLE') ? sample(c) : undefined;
  const late = samplePercent && named.alias === undefined ? aliases(c) : {};
  return {
    kind: 'table',
    path,
    at,
    ...named,
    ...late,
    ...(asOf && { asOf }),
    ...(samplePercent && { samplePercent }),
  };
}

/** A table, as `TABLE t` or a query in parentheses, or a value. */
export function tableArgument(c: Cursor): Expr {
  const { at } = c;
  if (!(c.is('TABLE') && c.peek(1).upper !== '(')) return argument(c);
  c.expect('TABLE');
  return { kind: 'subquery', form: 'scalar', query: everyRow(fromTarget(c, at), at), at };
}

export function systemTime(c: Cursor): Expr | undefined {
  if (!c.accept('FOR', 'SYSTEM_TIME')) return undefined;
  c.expect('AS', 'OF');
  return expression(c);
}

function sample(c: Cursor): Expr {
  c.expect('SYSTEM', '(');
  const percent = expression(c);
  c.expect('PERCENT', ')');
  return percent;
}

export function aliases(c: Cursor): { alias?: string; offset?: string } {
  const alias = atPivot(c) ? undefined : c.alias();
  if (!c.accept('WITH', 'OFFSET')) return alias === undefined ? {} : { alias };
  const offset = c.alias() ?? 'offset';
  return alias === undefined ? { offset } : { alias, offset };
}
