import { notServed } from '../sql-error.ts';
import { Cursor } from './cursor.ts';
import { expression, orderItems, windowSpec } from './expressions.ts';
import type { Expr, FromItem, Grouping, Query, Select, SelectItem, SetOperation } from './syntax.ts';

export function cursorOver(text: string): Cursor {
  return new Cursor(text, query);
}

export function query(c: Cursor): Query {
  const at = c.at;
  const recursive = c.is('WITH', 'RECURSIVE');
  const ctes = c.accept('WITH') ? commonTables(c) : [];
  const body = setOperation(c);
  const order = c.accept('ORDER', 'BY') ? orderItems(c) : [];
  const limit = c.accept('LIMIT') ? expression(c) : undefined;
  const offset = limit && c.accept('OFFSET') ? expression(c) : undefined;
  if (c.is('|>')) throw notServed('Pipe syntax', c.at);
  return {
    kind: 'query',
    with: ctes,
    recursive,
    body,
    order,
    at,
    ...(limit && { limit }),
    ...(offset && { offset }),
  };
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
    if (c.isAny('SELECT', '(')) break;
    found.push(one());
  }
  return found;
}

type Body = Select | SetOperation | Query;

function setOperation(c: Cursor): Body {
  let left = queryPrimary(c);
  let first: string | undefined;
  while (c.isAny('UNION', 'EXCEPT', 'INTERSECT')) {
    const at = c.at;
    const op = c.take().upper as SetOperation['op'];
    const all = c.accept('ALL');
    if (!all) c.expect('DISTINCT');
    first ??= `${op}${all}`;
    // The service asks for parentheses wherever two different set operations meet.
    if (first !== `${op}${all}`) c.fail('";"');
    left = { kind: 'set', op, all, left, right: queryPrimary(c), at };
  }
  return left;
}

function queryPrimary(c: Cursor): Body {
  if (c.accept('(')) {
    const inner = query(c);
    c.expect(')');
    return inner;
  }
  if (c.is('FROM')) throw notServed('A query that starts with FROM', c.at);
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
    if (c.isAny('FROM', ')', ';', 'WHERE', 'ORDER', 'LIMIT', 'UNION') || c.peek().kind === 'end') break;
    items.push(selectItem(c));
  }
  const from = c.accept('FROM') ? fromClause(c) : undefined;
  const where = c.accept('WHERE') ? expression(c) : undefined;
  const group = c.accept('GROUP', 'BY') ? grouping(c) : undefined;
  const having = c.accept('HAVING') ? expression(c) : undefined;
  const qualify = c.accept('QUALIFY') ? expression(c) : undefined;
  const windows = c.accept('WINDOW')
    ? c.list(() => {
        const name = c.identifier();
        c.expect('AS');
        return { name, spec: c.is('(') ? windowSpec(c) : { base: c.identifier(), partition: [], order: [] } };
      })
    : [];
  return {
    kind: 'select',
    distinct,
    items,
    windows,
    at,
    ...(as && { as }),
    ...(from && { from }),
    ...(where && { where }),
    ...(group && { group }),
    ...(having && { having }),
    ...(qualify && { qualify }),
  };
}

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
  if (c.is('GROUPING')) throw notServed('GROUPING SETS', c.at);
  const kind = c.is('ROLLUP', '(') ? 'rollup' : c.is('CUBE', '(') ? 'cube' : 'list';
  if (kind !== 'list') {
    c.take();
    c.expect('(');
  }
  const by = c.list(() => expression(c));
  if (kind !== 'list') c.expect(')');
  return { kind, by };
}

export function fromClause(c: Cursor): FromItem {
  let left = joined(c);
  while (c.is(',')) {
    const at = c.take().at;
    left = { kind: 'join', type: 'CROSS', left, right: joined(c), at };
  }
  return left;
}

function joined(c: Cursor): FromItem {
  let left = fromPrimary(c);
  for (;;) {
    const at = c.at;
    const type = joinType(c);
    if (!type) return left;
    const right = fromPrimary(c);
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
  const item = fromTarget(c, at);
  if (c.isAny('PIVOT', 'UNPIVOT') && c.peek(1).upper === '(') throw notServed(c.peek().upper, c.at);
  if (c.is('TABLESAMPLE')) throw notServed('TABLESAMPLE', c.at);
  return item;
}

function fromTarget(c: Cursor, at: number): FromItem {
  if (c.accept('UNNEST')) {
    c.expect('(');
    const of = expression(c);
    c.expect(')');
    return { kind: 'unnest', of, at, ...aliases(c) };
  }
  if (c.accept('(')) {
    if (c.isAny('SELECT', 'WITH') || c.is('(')) {
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
  if (c.is('(')) throw notServed(`The table function ${path.join('.')}`, at);
  if (c.is('FOR', 'SYSTEM_TIME')) throw notServed('FOR SYSTEM_TIME AS OF', c.at);
  return { kind: 'table', path, at, ...aliases(c) };
}

function aliases(c: Cursor): { alias?: string; offset?: string } {
  const alias = c.isAny('PIVOT', 'UNPIVOT') && c.peek(1).upper === '(' ? undefined : c.alias();
  if (!c.accept('WITH', 'OFFSET')) return alias === undefined ? {} : { alias };
  const offset = c.alias() ?? 'offset';
  return alias === undefined ? { offset } : { alias, offset };
}
