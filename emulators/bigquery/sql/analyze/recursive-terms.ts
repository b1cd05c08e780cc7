import type { Expr, FromItem, Query, Select, SetOperation } from '../parse/syntax.ts';
import { SqlError } from '../sql-error.ts';
import { overRows } from './windows.ts';

type Body = Select | SetOperation | Query;

/** How often the table is read by that name, wherever it stands. */
function readings(tree: unknown, name: string): number {
  if (typeof tree !== 'object' || tree === null) return 0;
  const { kind, path, with: ctes } = tree as { kind?: string; path?: unknown; with?: unknown };
  if (kind === 'table' && Array.isArray(path) && path.length === 1)
    return String(path[0]).toLowerCase() === name ? 1 : 0;
  // A query of its own by that name hides it.
  if (Array.isArray(ctes) && ctes.some((c: { name: string }) => c.name.toLowerCase() === name)) return 0;
  return Object.values(tree).reduce<number>((sum, part) => sum + readings(part, name), 0);
}

/**
 * The recursive term reads what it defines once, in FROM and nowhere else. Gives the name by which its SELECT reads it,
 * or undefined where a query stands in between.
 */
export function recursiveReading(term: Body, table: string): string | undefined {
  const name = table.toLowerCase();
  const refuse = (what: string, at: number): never => {
    throw new SqlError(`A query containing a recursive reference to ${table} may not ${what}`, at);
  };
  if (readings(term, name) > 1)
    throw new SqlError(
      `Multiple recursive references to ${table} are not allowed in one recursive term`,
      term.at,
    );
  const within = (tree: unknown): boolean => readings(tree, name) > 0;

  function inFrom(item: FromItem): string | undefined {
    if (item.kind === 'table')
      return item.samplePercent ? refuse('use TABLESAMPLE', item.at) : (item.alias ?? item.path.at(-1));
    if (item.kind === 'derived') return void inBody(item.query);
    if (item.kind !== 'join' || within(item.on)) return refuse('use it in this place', item.at);
    const isLeft = within(item.left);
    if (item.type === 'FULL' || item.type === (isLeft ? 'RIGHT' : 'LEFT'))
      refuse(`give it to ${item.type} JOIN on that side`, item.at);
    return inFrom(isLeft ? item.left : item.right);
  }
  function inBody(body: Body): string | undefined {
    if (body.kind === 'set') return refuse('use set operations', body.at);
    if (body.kind === 'query') {
      if (within(body.with)) refuse('have it in an inner WITH', body.at);
      if (body.order.length > 0) refuse('use ORDER BY', body.at);
      if (body.limit) refuse('use LIMIT', body.at);
      return inBody(body.body);
    }
    const { from, distinct, group, items, having, qualify } = body;
    if (!from || !within(from)) return refuse('have it in an expression', body.at);
    if (distinct) refuse('use DISTINCT', body.at);
    if (group) refuse('use GROUP BY', body.at);
    const found = overRows([items, having, qualify]);
    if (found?.kind === 'call') refuse(`use ${found.over ? 'window' : 'aggregate'} functions`, body.at);
    return inFrom(from);
  }
  return inBody(term);
}

/** What the service allows; without an end a query would fill the machine. */
const most = 500;
export const depthColumn = 'bq#depth';

/** The term with a column that counts how many rows led to this one. */
export function counted(term: Body, table: string): Body {
  if (term.kind === 'query') return { ...term, body: counted(term.body, table) };
  if (term.kind !== 'select') return term;
  const { at } = term;
  const call = (name: string, ...args: Expr[]): Expr => ({ kind: 'call', name, args, at });
  const number = (value: number): Expr => ({ kind: 'literal', type: 'INT64', value: String(value), at });
  const of: Expr = { kind: 'name', name: table, quoted: true, at };
  const depth: Expr = { kind: 'field', of, name: depthColumn, at };
  const words = `A recursive CTE has reached the max number of iterations: ${most}`;
  const stop = call('ERROR', { kind: 'literal', type: 'STRING', value: words, at });
  const value = call('IF', call('$less', depth, number(most)), call('$add', depth, number(1)), stop);
  return { ...term, items: [...term.items, { kind: 'value', value, alias: depthColumn }] };
}
