import { SqlError } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import { expression } from './expressions.ts';
import { fromClause, fromPrimary, query } from './queries.ts';
import type { Assignment, Expr, MergeClause, Statement } from './syntax.ts';

type Bare<T> = T extends unknown ? Omit<T, 'at' | 'end'> : never;
export type BareStatement = Bare<Statement>;

/** SELECT, INSERT, UPDATE, DELETE, MERGE, TRUNCATE. */
export function dataStatement(c: Cursor): BareStatement | undefined {
  const { at } = c;
  if (c.isAny('SELECT', 'WITH', '(', 'FROM')) return { kind: 'select', query: query(c) };
  if (c.accept('INSERT')) return insert(c);
  if (c.accept('DELETE')) {
    c.accept('FROM');
    const table = c.path();
    const alias = c.alias();
    return {
      kind: 'delete',
      table,
      where: condition(c, 'DELETE', at),
      ...(alias !== undefined && { alias }),
    };
  }
  if (c.accept('UPDATE')) return update(c, at);
  if (c.accept('MERGE')) return merge(c);
  if (c.accept('TRUNCATE', 'TABLE')) return { kind: 'truncate', table: c.path() };
  return undefined;
}

function parenthesisedNames(c: Cursor): string[] {
  c.expect('(');
  const names = c.list(() => c.identifier());
  c.expect(')');
  return names;
}

function insert(c: Cursor): BareStatement {
  c.accept('INTO');
  const table = c.path();
  const mark = c.mark;
  let columns: string[] | undefined;
  if (c.is('(') && !['SELECT', 'WITH', '('].includes(c.peek(1).upper)) columns = parenthesisedNames(c);
  else c.back(mark);
  const into = { kind: 'insert' as const, table, ...(columns && { columns }) };
  if (!c.accept('VALUES')) return { ...into, query: query(c) };
  return { ...into, rows: c.list(() => valueRow(c)) };
}

function valueRow(c: Cursor): Expr[] {
  c.expect('(');
  const row = c.list(() => {
    const at = c.at;
    return c.accept('DEFAULT') ? { kind: 'system' as const, name: 'default', at } : expression(c);
  });
  c.expect(')');
  return row;
}

function assignments(c: Cursor): Assignment[] {
  return c.list(() => {
    const at = c.at;
    const path = c.list(() => c.fieldName(), '.');
    c.expect('=');
    return { path, at, value: c.accept('DEFAULT') ? 'DEFAULT' : expression(c) };
  });
}

function condition(c: Cursor, statement: string, at: number): Expr {
  if (c.accept('WHERE')) return expression(c);
  if (!c.is(';') && c.peek().kind !== 'end') c.fail('keyword WHERE');
  throw new SqlError(`${statement} must have a WHERE clause`, at);
}

function update(c: Cursor, at: number): BareStatement {
  const table = c.path();
  const alias = c.alias();
  c.expect('SET');
  const set = assignments(c);
  const from = c.accept('FROM') ? fromClause(c) : undefined;
  return {
    kind: 'update',
    table,
    set,
    where: condition(c, 'UPDATE', at),
    ...(alias !== undefined && { alias }),
    ...(from && { from }),
  };
}

function merge(c: Cursor): BareStatement {
  c.accept('INTO');
  const table = c.path();
  const alias = c.alias();
  c.expect('USING');
  const source = fromPrimary(c);
  c.expect('ON');
  const on = expression(c);
  if (!c.is('WHEN')) c.fail('keyword WHEN');
  const clauses: MergeClause[] = [];
  while (c.is('WHEN')) clauses.push(mergeClause(c));
  return { kind: 'merge', table, source, on, clauses, ...(alias !== undefined && { alias }) };
}

function mergeClause(c: Cursor): MergeClause {
  const at = c.at;
  c.expect('WHEN');
  const negated = c.accept('NOT');
  c.expect('MATCHED');
  const bySource = negated && c.accept('BY', 'SOURCE');
  if (negated && !bySource && c.accept('BY')) c.expect('TARGET');
  const and = c.accept('AND') ? expression(c) : undefined;
  c.expect('THEN');
  const match = bySource ? 'NOT MATCHED BY SOURCE' : negated ? 'NOT MATCHED' : 'MATCHED';
  return { match, at, action: mergeAction(c, match), ...(and && { and }) };
}

function mergeAction(c: Cursor, match: MergeClause['match']): MergeClause['action'] {
  if (match === 'NOT MATCHED' ? !c.is('INSERT') : !c.isAny('UPDATE', 'DELETE'))
    c.fail(match === 'NOT MATCHED' ? 'keyword INSERT' : 'keyword DELETE or keyword UPDATE');
  if (c.accept('DELETE')) return { kind: 'delete' };
  if (c.accept('UPDATE')) {
    c.expect('SET');
    return { kind: 'update', set: assignments(c) };
  }
  c.expect('INSERT');
  const columns = c.is('(') ? parenthesisedNames(c) : undefined;
  if (c.accept('ROW')) return { kind: 'insert', values: 'ROW', ...(columns && { columns }) };
  c.expect('VALUES');
  return { kind: 'insert', values: valueRow(c), ...(columns && { columns }) };
}
