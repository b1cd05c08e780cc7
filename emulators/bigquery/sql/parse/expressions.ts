import { notServed, SqlError } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import type { Bound, Call, Expr, Frame, LiteralType, OrderItem, WindowSpec } from './syntax.ts';
import { typeSyntax } from './type-syntax.ts';

type Args = readonly Expr[];
const call = (name: string, at: number, ...args: Args): Call => ({ kind: 'call', name, args, at });

export function expression(c: Cursor): Expr {
  let left = conjunction(c);
  while (c.is('OR')) left = call('$or', c.take().at, left, conjunction(c));
  return left;
}

function conjunction(c: Cursor): Expr {
  let left = negation(c);
  while (c.is('AND')) left = call('$and', c.take().at, left, negation(c));
  return left;
}

function negation(c: Cursor): Expr {
  return c.is('NOT') ? call('$not', c.take().at, negation(c)) : comparison(c);
}

const comparisons: Readonly<Record<string, string>> = {
  '=': '$equal',
  '!=': '$not_equal',
  '<>': '$not_equal',
  '<': '$less',
  '<=': '$less_or_equal',
  '>': '$greater',
  '>=': '$greater_or_equal',
};

/** One of them at most: a < b < c is an error, which parentheses mend. */
function comparison(c: Cursor): Expr {
  const left = binary(c, 0);
  const at = c.at;
  const negate = c.is('NOT') && ['IN', 'LIKE', 'BETWEEN'].includes(c.peek(1).upper) && c.accept('NOT');
  const wrap = (e: Expr): Expr => (negate ? call('$not', at, e) : e);
  const operator = c.peek().kind === 'symbol' ? comparisons[c.peek().text] : undefined;
  if (operator) {
    c.take();
    return call(operator, at, left, binary(c, 0));
  }
  if (c.accept('IS')) return isTest(c, left, at);
  if (c.accept('BETWEEN')) {
    const low = binary(c, 0);
    c.expect('AND');
    return wrap(call('$between', at, left, low, binary(c, 0)));
  }
  if (c.accept('LIKE')) return like(c, left, at, negate);
  return c.accept('IN') ? wrap(membership(c, left, at)) : left;
}

function isTest(c: Cursor, left: Expr, at: number): Expr {
  const negate = c.accept('NOT');
  const wrap = (e: Expr): Expr => (negate ? call('$not', at, e) : e);
  if (c.accept('NULL')) return wrap(call('$is_null', at, left));
  if (c.accept('UNKNOWN')) return wrap(call('$is_unknown', at, left));
  if (c.accept('TRUE')) return wrap(call('$is_true', at, left));
  if (c.accept('FALSE')) return wrap(call('$is_false', at, left));
  if (c.accept('DISTINCT', 'FROM')) return wrap(call('$is_distinct', at, left, binary(c, 0)));
  return c.fail('keyword NULL');
}

function like(c: Cursor, left: Expr, at: number, negate: boolean): Expr {
  const how = c.isAny('ANY', 'SOME', 'ALL') ? c.take().upper : undefined;
  if (!how) {
    const test = call('$like', at, left, binary(c, 0));
    return negate ? call('$not', at, test) : test;
  }
  const isArray = c.accept('UNNEST');
  c.expect('(');
  if (isArray || atQuery(c)) {
    const patterns: Expr = isArray
      ? expression(c)
      : { kind: 'subquery', form: 'array', query: c.parseQuery(c), at };
    c.expect(')');
    return call(`$${negate ? 'not_' : ''}like_${how === 'ALL' ? 'all' : 'any'}`, at, left, patterns);
  }
  const none: Expr = { kind: 'literal', type: 'NULL', value: 'NULL', at };
  const unknown: Expr = { kind: 'cast', of: none, to: { name: 'BOOL', at }, safe: false, at };
  const isNull = (e: Expr): boolean => e.kind === 'literal' && e.type === 'NULL';
  const patterns = c.list(() => expression(c));
  c.expect(')');
  const beside = patterns.filter((pattern) => pattern.kind !== 'literal');
  const tests = patterns.map((pattern) => {
    if (isNull(left) || isNull(pattern)) return unknown;
    const test: Expr = { kind: 'call', name: '$like', args: [left, pattern], beside, at };
    return negate ? call('$not', at, test) : test;
  });
  return tests.reduce((all, test) => call(how === 'ALL' ? '$and' : '$or', at, all, test));
}

function membership(c: Cursor, of: Expr, at: number): Expr {
  if (c.accept('UNNEST')) {
    c.expect('(');
    const unnest = expression(c);
    c.expect(')');
    return { kind: 'in', of, unnest, at };
  }
  c.expect('(');
  const query = atQuery(c) ? c.parseQuery(c) : undefined;
  const result: Expr = query
    ? { kind: 'in', of, query, at }
    : { kind: 'in', of, items: c.list(() => expression(c)), at };
  c.expect(')');
  return result;
}

const levels: readonly Readonly<Record<string, string>>[] = [
  { '|': '$bit_or' },
  { '^': '$bit_xor' },
  { '&': '$bit_and' },
  { '<<': '$shift_left', '>>': '$shift_right' },
  { '+': '$add', '-': '$subtract' },
  { '*': '$multiply', '/': '$divide', '||': '$concat' },
];

function binary(c: Cursor, level: number): Expr {
  const operators = levels[level];
  if (!operators) return unary(c);
  let left = binary(c, level + 1);
  for (;;) {
    const name = c.peek().kind === 'symbol' ? operators[c.peek().text] : undefined;
    if (!name) return left;
    left = call(name, c.take().at, left, binary(c, level + 1));
  }
}

function unary(c: Cursor): Expr {
  const at = c.at;
  if (c.accept('-')) {
    const of = unary(c);
    if (of.kind === 'literal' && /INT64|FLOAT64/.test(of.type) && !of.value.startsWith('-'))
      return { ...of, value: `-${of.value}`, at };
    return call('$negate', at, of);
  }
  if (c.accept('+')) return unary(c);
  if (c.accept('~')) return call('$bit_not', at, unary(c));
  return postfix(c);
}

function postfix(c: Cursor): Expr {
  // A path of names before a parenthesis is that of a function; behind anything else stands a call in a chain.
  const isPath = !c.is('(');
  let e = primary(c);
  let chains = !isPath || e.kind !== 'name';
  for (;;) {
    const at = c.at;
    if (c.accept('.')) {
      if (c.is('*')) {
        c.back(c.mark - 1);
        return e;
      }
      if (chains && (c.is('(') || c.peek(1).upper === '(')) {
        e = chained(c, e);
        continue;
      }
      e = { kind: 'field', of: e, name: c.fieldName(), at };
      if (c.is('(')) e = functionCall(c, e);
    } else if (c.accept('[')) {
      const by =
        c.peek(1).upper === '(' && /^(SAFE_)?(OFFSET|ORDINAL)$/.test(c.peek().upper) ? c.take().upper : '';
      if (by) c.expect('(');
      const index = expression(c);
      if (by) c.expect(')');
      c.expect(']');
      e = { kind: 'index', of: e, by, index, at };
      chains = true;
    } else return e;
  }
}

/** `(x).f(y)` and `(x).(safe.f)(y)`: what stands before it is the first argument. */
function chained(c: Cursor, first: Expr): Expr {
  const { at } = c;
  const path = c.accept('(') ? c.path() : [c.fieldName()];
  if (path.length > 1 || c.is(')')) c.expect(')');
  const [name = '', ...rest] = path;
  const target = rest.reduce<Expr>((of, field) => ({ kind: 'field', of, name: field, at }), {
    kind: 'name',
    name,
    quoted: false,
    at,
  });
  const made = functionCall(c, target);
  return made.kind === 'call' ? { ...made, args: [first, ...made.args] } : made;
}

const typedLiterals = new Map<string, LiteralType>([
  ...(['DATE', 'DATETIME', 'TIMESTAMP', 'TIME', 'NUMERIC', 'BIGNUMERIC', 'JSON'] as const).map(
    (kind) => [kind, kind] as const,
  ),
  ['DECIMAL', 'NUMERIC'],
  ['BIGDECIMAL', 'BIGNUMERIC'],
]);

function primary(c: Cursor): Expr {
  const token = c.peek();
  const { at } = token;
  if (token.kind === 'number') {
    c.take();
    if (c.peek().kind === 'word' && c.at === token.end)
      throw new SqlError('Syntax error: Missing whitespace between literal and alias', c.at);
    const whole = /^(0x[0-9a-f]+|\d+)$/i.test(token.text);
    return {
      kind: 'literal',
      type: whole ? 'INT64' : 'FLOAT64',
      value: whole ? BigInt(token.text).toString() : token.text,
      at,
    };
  }
  if (token.kind === 'string' || token.kind === 'bytes') {
    c.take();
    return { kind: 'literal', type: token.kind === 'string' ? 'STRING' : 'BYTES', value: token.text, at };
  }
  if (token.kind === 'parameter') return { kind: 'parameter', name: c.take().text, at };
  if (token.kind === 'system') return { kind: 'system', name: c.take().text, at };
  if (c.accept('?')) return { kind: 'parameter', name: c.positional++, at };
  if (c.accept('(')) return parenthesised(c, at);
  if (c.accept('[')) return { kind: 'array', items: items(c, ']'), at };
  if (token.kind === 'word') {
    const literal = c.peek(1).kind === 'string' ? typedLiterals.get(token.upper) : undefined;
    if (literal) {
      c.take();
      return { kind: 'literal', type: literal, value: c.take().text, at };
    }
    const special = keywordExpression(c, token.upper, at);
    if (special) return special;
  }
  if (!c.atIdentifier()) c.fail();
  const name: Expr = { kind: 'name', name: token.text, quoted: token.kind === 'quoted', at };
  c.take();
  return c.is('(') ? functionCall(c, name) : name;
}

function keywordExpression(c: Cursor, word: string, at: number): Expr | undefined {
  switch (word) {
    case 'NULL':
    case 'TRUE':
    case 'FALSE':
      c.take();
      return { kind: 'literal', type: word === 'NULL' ? 'NULL' : 'BOOL', value: word, at };
    case 'CASE':
      return caseExpression(c, at);
    case 'CAST':
    case 'SAFE_CAST':
      if (c.peek(1).upper !== '(') return undefined;
      return castExpression(c, word === 'SAFE_CAST', at);
    case 'WITH':
      return withExpression(c, at);
    case 'EXISTS': {
      c.expect('EXISTS', '(');
      const query = c.parseQuery(c);
      c.expect(')');
      return { kind: 'subquery', form: 'exists', query, at };
    }
    case 'ARRAY':
      return arrayExpression(c, at);
    case 'STRUCT':
      return structExpression(c, at);
    case 'INTERVAL': {
      c.take();
      const amount = expression(c);
      const part = c.identifier().toUpperCase();
      const to = c.accept('TO') ? c.identifier().toUpperCase() : undefined;
      return { kind: 'interval', amount, part, at, ...(to !== undefined && { to }) };
    }
    case 'EXTRACT':
      return extractExpression(c, at);
    case 'RANGE':
      return rangeExpression(c, at);
    case 'COLLATE':
    case 'GROUPING':
    case 'IF':
    case 'LEFT':
    case 'RIGHT':
      if (c.peek(1).upper !== '(') return undefined;
      c.take();
      return functionCall(c, { kind: 'name', name: word, quoted: false, at });
    default:
      return undefined;
  }
}

/** `RANGE<DATE> '[2026-01-01, UNBOUNDED)'` or `RANGE(a, b)`. */
function rangeExpression(c: Cursor, at: number): Expr {
  if (c.peek(1).upper === '(')
    return functionCall(c, { kind: 'name', name: c.take().upper, quoted: false, at });
  const type = typeSyntax(c);
  if (c.peek().kind !== 'string') c.fail('string literal');
  return { kind: 'literal', type: `RANGE<${type.of?.name}>`, value: c.take().text, at };
}

/** `WITH` in front of a parenthesis is no query: it names values. */
const atQuery = (c: Cursor): boolean =>
  c.isAny('SELECT', 'FROM') || (c.is('WITH') && c.peek(1).upper !== '(');

/** `WITH(a AS 1, b AS a + 1, a * b)` */
function withExpression(c: Cursor, at: number): Expr {
  c.expect('WITH', '(');
  const names: { name: string; value: Expr }[] = [];
  do {
    const name = c.identifier();
    c.expect('AS');
    names.push({ name, value: expression(c) });
    c.expect(',');
  } while (c.peek(1).upper === 'AS');
  const value = expression(c);
  c.expect(')');
  return { kind: 'with', names, value, at };
}

function caseExpression(c: Cursor, at: number): Expr {
  c.expect('CASE');
  const of = c.is('WHEN') ? undefined : expression(c);
  const whens: { when: Expr; value: Expr }[] = [];
  while (c.accept('WHEN')) {
    const when = expression(c);
    c.expect('THEN');
    whens.push({ when, value: expression(c) });
  }
  const otherwise = c.accept('ELSE') ? expression(c) : undefined;
  c.expect('END');
  return { kind: 'case', whens, at, ...(of && { of }), ...(otherwise && { otherwise }) };
}

function castExpression(c: Cursor, safe: boolean, at: number): Expr {
  c.take();
  c.expect('(');
  const of = expression(c);
  c.expect('AS');
  const to = typeSyntax(c);
  const format = c.accept('FORMAT') ? expression(c) : undefined;
  const zone = format && c.accept('AT', 'TIME', 'ZONE') ? expression(c) : undefined;
  c.expect(')');
  return { kind: 'cast', of, to, safe, at, ...(format && { format }), ...(zone && { zone }) };
}

function arrayExpression(c: Cursor, at: number): Expr | undefined {
  c.take();
  if (c.accept('(')) {
    const query = c.parseQuery(c);
    c.expect(')');
    return { kind: 'subquery', form: 'array', query, at };
  }
  let of: ReturnType<typeof typeSyntax> | undefined;
  if (c.accept('<')) {
    of = typeSyntax(c);
    c.expect('>');
  }
  c.expect('[');
  return { kind: 'array', items: items(c, ']'), at, ...(of && { of }) };
}

/** What a value without an alias is called. */
export function implicitName(e: Expr): string | undefined {
  return e.kind === 'name' || e.kind === 'field' ? e.name : undefined;
}

function structExpression(c: Cursor, at: number): Expr {
  const type = c.peek(1).upper === '<' ? typeSyntax(c) : undefined;
  if (!type) c.take();
  c.expect('(');
  const fields: { name?: string; value: Expr }[] = [];
  while (!c.is(')')) {
    const value = expression(c);
    // (a, b) has no names, STRUCT(a, b) has those of its columns.
    const name = c.accept('AS') ? c.identifier() : implicitName(value);
    fields.push(name === undefined ? { value } : { name, value });
    if (!c.accept(',')) break;
  }
  c.expect(')');
  return { kind: 'struct', items: fields, at, ...(type && { type }) };
}

function extractExpression(c: Cursor, at: number): Expr {
  c.expect('EXTRACT', '(');
  const part = expression(c);
  c.expect('FROM');
  const of = expression(c);
  const zone = c.accept('AT', 'TIME', 'ZONE') ? [expression(c)] : [];
  c.expect(')');
  return call('EXTRACT', at, part, of, ...zone);
}

function parenthesised(c: Cursor, at: number): Expr {
  if (atQuery(c)) {
    const query = c.parseQuery(c);
    c.expect(')');
    return { kind: 'subquery', form: 'scalar', query, at };
  }
  const first = expression(c);
  if (!c.is(',')) {
    c.expect(')');
    return first;
  }
  c.expect(',');
  return { kind: 'struct', items: [first, ...items(c, ')')].map((value) => ({ value })), at };
}

function items(c: Cursor, closing: string): Expr[] {
  const found = c.is(closing) ? [] : c.list(() => expression(c));
  c.expect(closing);
  return found;
}

function functionCall(c: Cursor, target: Expr): Expr {
  const path: string[] = [];
  for (let e = target; ; e = e.of) {
    path.unshift(e.kind === 'field' || e.kind === 'name' ? e.name : c.fail());
    if (e.kind !== 'field') break;
  }
  const safe = path.length > 1 && path[0]?.toUpperCase() === 'SAFE';
  if (safe) path.shift();
  const at = target.kind === 'field' ? rootOf(target).at : target.at;
  c.expect('(');
  const distinct = c.accept('DISTINCT');
  const args: Expr[] = [];
  const named: { name: string; value: Expr }[] = [];
  if (c.is('*')) args.push({ kind: 'star', at: c.take().at });
  else if (!c.isAny(')', 'ORDER', 'LIMIT')) {
    if (!c.is('FROM') && atQuery(c)) c.fail('expression');
    do
      if (c.peek(1).text === '=>') named.push(namedArgument(c));
      else if (named.length === 0) args.push(argument(c));
      else throw new SqlError('Positional arguments may not follow named ones', c.at);
    while (c.accept(','));
  }
  const modifiers = callModifiers(c);
  c.expect(')');
  const over = c.accept('OVER') ? windowReference(c) : undefined;
  return {
    kind: 'call',
    name: path.join('.'),
    args,
    at,
    safe,
    distinct,
    ...(named.length > 0 && { named }),
    ...modifiers,
    ...(over && { over }),
  };
}

function rootOf(e: Expr): Expr {
  return e.kind === 'field' ? rootOf(e.of) : e;
}

/** An expression without comparisons and logic, as before IN. */
export function operand(c: Cursor): Expr {
  return binary(c, 0);
}

function namedArgument(c: Cursor): { name: string; value: Expr } {
  const name = c.identifier();
  c.expect('=>');
  return { name, value: argument(c) };
}

export function argument(c: Cursor): Expr {
  const value = expression(c);
  if (c.is('=>')) throw notServed('A named argument', c.at);
  return value;
}

function callModifiers(c: Cursor): Partial<Call> {
  const nulls = c.accept('IGNORE', 'NULLS') ? 'ignore' : c.accept('RESPECT', 'NULLS') ? 'respect' : undefined;
  let having: { max: boolean; by: Expr } | undefined;
  if (c.accept('HAVING')) {
    const max = c.accept('MAX');
    if (!max) c.expect('MIN');
    having = { max, by: expression(c) };
  }
  const order = c.accept('ORDER', 'BY') ? orderItems(c) : undefined;
  const limit = c.accept('LIMIT') ? expression(c) : undefined;
  return {
    ...(nulls && { nulls }),
    ...(having && { having }),
    ...(order && { order }),
    ...(limit && { limit }),
  };
}

export function orderItems(c: Cursor): OrderItem[] {
  return c.list(() => {
    const by = expression(c);
    const collation = c.accept('COLLATE') ? expression(c) : undefined;
    const descending = c.accept('DESC');
    if (!descending) c.accept('ASC');
    const nulls = nullsOrder(c);
    return { by, descending, ...(collation && { collation }), ...(nulls && { nulls }) };
  });
}
export const nullsOrder = (c: Cursor): OrderItem['nulls'] =>
  c.accept('NULLS', 'FIRST') ? 'first' : c.accept('NULLS', 'LAST') ? 'last' : undefined;

function windowReference(c: Cursor): WindowSpec {
  if (c.atIdentifier()) return { base: c.identifier(), partition: [], order: [] };
  return windowSpec(c);
}

export function windowSpec(c: Cursor): WindowSpec {
  c.expect('(');
  const base = c.atIdentifier() ? c.identifier() : undefined;
  const partition = c.accept('PARTITION', 'BY') ? c.list(() => expression(c)) : [];
  const order = c.accept('ORDER', 'BY') ? orderItems(c) : [];
  const frame = c.isAny('ROWS', 'RANGE') ? frameClause(c) : undefined;
  c.expect(')');
  return { partition, order, ...(base !== undefined && { base }), ...(frame && { frame }) };
}

function frameClause(c: Cursor): Frame {
  const unit = c.take().upper as 'ROWS' | 'RANGE';
  if (!c.accept('BETWEEN')) return { unit, from: bound(c), to: { side: 'CURRENT' } };
  const from = bound(c);
  c.expect('AND');
  return { unit, from, to: bound(c) };
}

function bound(c: Cursor): Bound {
  if (c.accept('CURRENT', 'ROW')) return { side: 'CURRENT' };
  const distance = c.accept('UNBOUNDED') ? undefined : binary(c, 0);
  const side = c.isAny('PRECEDING', 'FOLLOWING')
    ? (c.take().upper as 'PRECEDING' | 'FOLLOWING')
    : c.fail('keyword PRECEDING');
  return { side, ...(distance && { distance }) };
}
