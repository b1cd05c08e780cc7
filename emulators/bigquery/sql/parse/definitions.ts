import { notServed } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import { expression } from './expressions.ts';
import { query } from './queries.ts';
import type { BareStatement } from './statements.ts';
import type { ArgumentSyntax, ColumnSyntax, CreateMode, Options, TableProperties } from './syntax.ts';
import { typeSyntax } from './type-syntax.ts';

/** CREATE, DROP, ALTER. A procedure's body is found by `skipBlock`, which the script grammar lends. */
export function definition(c: Cursor, skipBlock: (c: Cursor) => string): BareStatement | undefined {
  const at = c.at;
  if (c.accept('DROP')) return drop(c, at);
  if (c.accept('ALTER')) return alter(c, at);
  if (!c.accept('CREATE')) return undefined;
  const replace = c.accept('OR', 'REPLACE');
  const temporary = c.accept('TEMP') || c.accept('TEMPORARY');
  const mode = (): CreateMode =>
    c.accept('IF', 'NOT', 'EXISTS') ? 'ifNotExists' : replace ? 'replace' : 'create';
  if (c.accept('TABLE')) return createTable(c, mode(), temporary);
  if (temporary) throw notServed(`CREATE TEMP ${c.peek().upper}`, at);
  if (c.accept('VIEW')) return createView(c, mode());
  if (c.accept('SCHEMA')) {
    const how = mode();
    return { kind: 'createSchema', mode: how, dataset: c.path(), options: options(c) };
  }
  if (c.accept('PROCEDURE')) {
    const how = mode();
    const routine = c.path();
    const args = procedureArguments(c);
    options(c);
    return { kind: 'createProcedure', mode: how, routine, arguments: args, body: skipBlock(c) };
  }
  throw notServed(`CREATE ${c.peek().upper}`, at);
}

export function procedureArguments(c: Cursor): ArgumentSyntax[] {
  c.expect('(');
  const found: ArgumentSyntax[] = [];
  while (!c.is(')')) {
    const mode =
      c.is('IN') ||
      ((c.is('OUT') || c.is('INOUT')) && c.peek(1).kind === 'word' && !/[,)]/.test(c.peek(2).upper))
        ? c.take().upper
        : 'IN';
    found.push({ mode: mode as ArgumentSyntax['mode'], name: c.fieldName(), type: typeSyntax(c) });
    if (!c.accept(',')) break;
  }
  c.expect(')');
  return found;
}

export function options(c: Cursor): Options {
  if (!c.accept('OPTIONS')) return [];
  c.expect('(');
  const found = c.is(')')
    ? []
    : c.list(() => {
        const name = c.fieldName().toLowerCase();
        c.expect('=');
        return { name, value: expression(c) };
      });
  c.expect(')');
  return found;
}

function properties(c: Cursor): TableProperties {
  const partition = c.accept('PARTITION', 'BY') ? expression(c) : undefined;
  const cluster = c.accept('CLUSTER', 'BY') ? c.list(() => c.identifier()) : [];
  return { cluster, options: options(c), ...(partition && { partition }) };
}

function createTable(c: Cursor, mode: CreateMode, temporary: boolean): BareStatement {
  const table = c.path();
  const like = c.isAny('LIKE', 'CLONE', 'COPY') ? { how: c.take().upper, table: c.path() } : undefined;
  const columns: ColumnSyntax[] = [];
  let primaryKey: string[] | undefined;
  const listed = c.accept('(');
  while (listed && !c.is(')')) {
    if (c.accept('PRIMARY', 'KEY')) {
      c.expect('(');
      primaryKey = c.list(() => c.identifier());
      c.expect(')', 'NOT', 'ENFORCED');
    } else if (c.isAny('FOREIGN', 'CONSTRAINT')) throw notServed('FOREIGN KEY', c.at);
    else {
      const column = columnSyntax(c);
      if (c.accept('PRIMARY', 'KEY')) {
        c.expect('NOT', 'ENFORCED');
        primaryKey = [column.name];
      }
      columns.push(column);
    }
    if (!c.accept(',')) break;
  }
  if (listed) c.expect(')');
  const rest = properties(c);
  const as = c.accept('AS') ? query(c) : undefined;
  return {
    kind: 'createTable',
    mode,
    temporary,
    table,
    properties: rest,
    ...(listed && { columns }),
    ...(primaryKey && { primaryKey }),
    ...(like && { like }),
    ...(as && { query: as }),
  };
}

function columnSyntax(c: Cursor): ColumnSyntax {
  const at = c.at;
  const name = c.fieldName();
  const type = typeSyntax(c);
  const value = c.accept('DEFAULT') ? expression(c) : undefined;
  const required = c.accept('NOT', 'NULL');
  return { name, type, required, options: options(c), at, ...(value && { default: value }) };
}

function createView(c: Cursor, mode: CreateMode): BareStatement {
  const table = c.path();
  if (c.is('(')) throw notServed('A view with a column list', c.at);
  const settings = options(c);
  c.expect('AS');
  const from = c.at;
  const body = query(c);
  return {
    kind: 'createView',
    mode,
    table,
    options: settings,
    query: body,
    text: c.text.slice(from, c.lastEnd),
  };
}

function drop(c: Cursor, at: number): BareStatement {
  const what = c.isAny('TABLE', 'VIEW', 'SCHEMA', 'PROCEDURE') ? c.take().upper : undefined;
  if (!what) throw notServed(`DROP ${c.peek().upper}`, at);
  const ifExists = c.accept('IF', 'EXISTS');
  const path = c.path();
  const cascade = c.accept('CASCADE');
  c.accept('RESTRICT');
  return { kind: 'drop', what: what as 'TABLE', path, ifExists, cascade };
}

function alter(c: Cursor, at: number): BareStatement {
  if (!c.accept('TABLE')) throw notServed(`ALTER ${c.peek().upper}`, at);
  const ifExists = c.accept('IF', 'EXISTS');
  const table = c.path();
  if (c.accept('SET', 'OPTIONS')) {
    c.back(c.mark - 1);
    return { kind: 'alterTable', table, ifExists, add: [], options: options(c) };
  }
  const add = c.list(() => {
    if (!c.accept('ADD', 'COLUMN')) throw notServed(`ALTER TABLE … ${c.peek().upper}`, c.at);
    const ifNotExists = c.accept('IF', 'NOT', 'EXISTS');
    return { column: columnSyntax(c), ifNotExists };
  });
  return { kind: 'alterTable', table, ifExists, add };
}
