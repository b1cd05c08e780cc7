import { notServed, SqlError } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import { expression } from './expressions.ts';
import { query, systemTime } from './queries.ts';
import type { BareStatement } from './statements.ts';
import type {
  ArgumentSyntax,
  ColumnSyntax,
  CreateMode,
  ForeignKeySyntax,
  Options,
  StatementOf,
  TableChange,
  TableProperties,
} from './syntax.ts';
import { collationName, structSyntax, typeSyntax } from './type-syntax.ts';

type Bare<K extends BareStatement['kind']> = Omit<StatementOf<K>, 'at' | 'end'>;

/** CREATE, DROP, ALTER, EXPORT DATA, LOAD DATA. A procedure's body is found by `skipBlock`, which the script grammar lends. */
export function definition(c: Cursor, skipBlock: (c: Cursor) => string): BareStatement | undefined {
  const at = c.at;
  if (c.accept('DROP')) return drop(c, at);
  if (c.accept('ALTER')) return alter(c, at);
  if (c.accept('EXPORT', 'DATA')) return exportData(c);
  if (c.accept('LOAD', 'DATA')) return loadData(c);
  if (!c.accept('CREATE')) return undefined;
  const replace = c.accept('OR', 'REPLACE');
  const temporary = c.accept('TEMP') || c.accept('TEMPORARY');
  const mode = (): CreateMode =>
    c.accept('IF', 'NOT', 'EXISTS') ? 'ifNotExists' : replace ? 'replace' : 'create';
  for (const [what, words] of functionWords)
    if (c.accept(...words)) return createFunction(c, mode(), temporary && what !== 'TABLE', what);
  if (c.accept('TABLE')) return createTable(c, mode(), temporary);
  if (c.accept('SNAPSHOT', 'TABLE')) return { ...createTable(c, mode(), false), snapshot: true };
  if (temporary) throw notServed(`CREATE TEMP ${c.peek().upper}`, at);
  if (c.accept('VIEW')) return createView(c, mode(), false);
  if (c.accept('MATERIALIZED', 'VIEW')) return createView(c, mode(), true);
  if (c.accept('SCHEMA')) {
    const how = mode();
    const dataset = c.path();
    return { kind: 'createSchema', mode: how, dataset, options: [...defaultCollation(c), ...options(c)] };
  }
  if (c.accept('PROCEDURE')) {
    const how = mode();
    const routine = c.path();
    const args = procedureArguments(c);
    const own = options(c);
    return { kind: 'createProcedure', mode: how, routine, arguments: args, options: own, body: skipBlock(c) };
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

/** Of a dataset or table: by what its texts are compared is an option like others, in a place of its own. */
function defaultCollation(c: Cursor): Options {
  if (!c.accept('DEFAULT', 'COLLATE')) return [];
  const { at } = c;
  return [
    { name: 'default collate', value: { kind: 'literal', type: 'STRING', value: collationName(c), at } },
  ];
}

export function options(c: Cursor): Options {
  return c.accept('OPTIONS') ? optionList(c) : [];
}

function optionList(c: Cursor): Options {
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
  const collation = defaultCollation(c);
  const partition = c.accept('PARTITION', 'BY') ? expression(c) : undefined;
  const cluster = c.accept('CLUSTER', 'BY') ? c.list(() => c.identifier()) : [];
  return { cluster, options: [...collation, ...options(c)], ...(partition && { partition }) };
}

function exportData(c: Cursor): BareStatement {
  if (c.is('WITH', 'CONNECTION')) throw notServed('EXPORT DATA WITH CONNECTION', c.at);
  const settings = options(c);
  c.expect('AS');
  return { kind: 'export', options: settings, query: query(c) };
}

function loadData(c: Cursor): BareStatement {
  const overwrite = c.accept('OVERWRITE');
  if (!overwrite) c.expect('INTO');
  if (c.isAny('TEMP', 'TEMPORARY')) throw notServed('LOAD DATA into a temporary table', c.at);
  const table = c.path();
  const { at } = c;
  const elements = tableElements(c);
  if (elements?.primaryKey || elements?.foreignKeys) throw notServed('LOAD DATA with keys', at);
  if (c.isAny('PARTITIONS', 'OVERWRITE')) throw notServed('LOAD DATA into PARTITIONS', c.at);
  const own = properties(c);
  if (!c.is('FROM')) c.fail();
  c.expect('FROM', 'FILES');
  const files = optionList(c);
  if (c.is('WITH')) throw notServed('LOAD DATA … WITH', c.at);
  return { kind: 'load', table, overwrite, files, properties: own, ...elements };
}

function createTable(c: Cursor, mode: CreateMode, temporary: boolean): Bare<'createTable'> {
  const table = c.path();
  const like = c.isAny('LIKE', 'CLONE', 'COPY') ? { how: c.take().upper, table: c.path() } : undefined;
  const asOf = like && like.how !== 'LIKE' ? systemTime(c) : undefined;
  const elements = tableElements(c);
  const rest = properties(c);
  const as = c.accept('AS') ? query(c) : undefined;
  return {
    kind: 'createTable',
    mode,
    temporary,
    table,
    properties: rest,
    ...elements,
    ...(like && { like: { ...like, ...(asOf && { asOf }) } }),
    ...(as && { query: as }),
  };
}

/** Columns and keys in parentheses. */
function tableElements(
  c: Cursor,
): Pick<Bare<'createTable'>, 'columns' | 'primaryKey' | 'foreignKeys'> | undefined {
  if (!c.accept('(')) return undefined;
  const columns: ColumnSyntax[] = [];
  let primaryKey: string[] | undefined;
  const foreignKeys: ForeignKeySyntax[] = [];
  if (c.is(')')) c.fail();
  while (!c.is(')')) {
    if (c.accept('PRIMARY', 'KEY')) {
      c.expect('(');
      primaryKey = c.list(() => c.identifier());
      c.expect(')', 'NOT', 'ENFORCED');
    } else if (c.isAny('FOREIGN', 'CONSTRAINT')) foreignKeys.push(foreignKey(c));
    else {
      const found: ColumnKeys = { foreign: [] };
      const column = columnSyntax(c, found);
      if (found.primary) primaryKey = [column.name];
      foreignKeys.push(...found.foreign);
      columns.push(column);
    }
    if (!c.accept(',')) break;
  }
  c.expect(')');
  return {
    columns,
    ...(primaryKey && { primaryKey }),
    ...(foreignKeys.length > 0 && { foreignKeys }),
  };
}

/** Keys that stand beside a column. */
interface ColumnKeys {
  primary?: boolean;
  readonly foreign: ForeignKeySyntax[];
}

function columnKey(c: Cursor, column: string, found: ColumnKeys | undefined): boolean {
  const at = c.at;
  if (!found) return false;
  if (c.accept('PRIMARY', 'KEY')) {
    c.expect('NOT', 'ENFORCED');
    found.primary = true;
    return true;
  }
  if (!c.isAny('REFERENCES', 'CONSTRAINT')) return false;
  const name = c.accept('CONSTRAINT') ? c.identifier() : undefined;
  found.foreign.push({ ...references(c, [column], at), ...(name !== undefined && { name }) });
  return true;
}

function columnSyntax(c: Cursor, found?: ColumnKeys): ColumnSyntax {
  const at = c.at;
  const name = c.fieldName();
  const type = typeSyntax(c, options);
  let required = false;
  let value: string | undefined;
  for (;;)
    if (c.accept('NOT', 'NULL')) required = true;
    else if (value === undefined && c.accept('DEFAULT')) value = textOfExpression(c);
    else if (!columnKey(c, name, found)) break;
  const settings = options(c);
  while (columnKey(c, name, found));
  return {
    name,
    type,
    required,
    options: settings,
    at,
    ...(value !== undefined && { default: value }),
  };
}

function textOfExpression(c: Cursor): string {
  const from = c.at;
  expression(c);
  return c.text.slice(from, c.lastEnd);
}

/** Not enforced, by the service neither: it only says so. */
function foreignKey(c: Cursor): ForeignKeySyntax {
  const at = c.at;
  let name: string | undefined;
  if (c.accept('CONSTRAINT')) {
    c.accept('IF', 'NOT', 'EXISTS');
    name = c.identifier();
  }
  c.expect('FOREIGN', 'KEY', '(');
  const columns = c.list(() => c.identifier());
  c.expect(')');
  return { ...references(c, columns, at), ...(name !== undefined && { name }) };
}

function references(c: Cursor, columns: readonly string[], at: number): ForeignKeySyntax {
  c.expect('REFERENCES');
  const table = c.path();
  c.expect('(');
  const referenced = c.list(() => c.identifier());
  c.expect(')', 'NOT', 'ENFORCED');
  return { columns, table, referenced, at };
}

function createView(c: Cursor, mode: CreateMode, materialized: boolean): BareStatement {
  const table = c.path();
  let names: string[] | undefined;
  if (c.accept('(')) {
    names = c.list(() => {
      const name = c.identifier();
      options(c);
      return name;
    });
    c.expect(')');
  }
  if (c.is('DEFAULT')) c.fail();
  const { options: settings } = properties(c);
  c.expect('AS');
  const from = c.at;
  const body = query(c);
  return {
    kind: 'createView',
    materialized,
    mode,
    table,
    options: settings,
    query: body,
    text: c.text.slice(from, c.lastEnd),
    ...(names && { names }),
  };
}

const functionWords = [
  ['TABLE', ['TABLE', 'FUNCTION']],
  ['AGGREGATE', ['AGGREGATE', 'FUNCTION']],
  ['SCALAR', ['FUNCTION']],
] as const;

function createFunction(
  c: Cursor,
  mode: CreateMode,
  temporary: boolean,
  what: Bare<'createFunction'>['what'],
): BareStatement {
  const table = what === 'TABLE';
  const routine = c.path();
  c.expect('(');
  const args: { name: string; type?: ReturnType<typeof typeSyntax>; table?: boolean }[] = [];
  while (!c.is(')')) {
    const name = c.fieldName();
    if (table && c.accept('TABLE')) args.push({ name, type: structSyntax(c), table });
    else args.push(c.accept('ANY', 'TYPE') ? { name } : { name, type: typeSyntax(c) });
    if (what === 'AGGREGATE') c.accept('NOT', 'AGGREGATE');
    if (!c.accept(',')) break;
  }
  c.expect(')');
  const returnsTable = table && c.accept('RETURNS', 'TABLE') ? structSyntax(c) : undefined;
  const returns = returnsTable ?? (c.accept('RETURNS') ? typeSyntax(c) : undefined);
  if (c.accept('LANGUAGE')) throw notServed(`A function in ${c.peek().text}`, c.at);
  if (c.is('REMOTE')) throw notServed('A remote function', c.at);
  const before = options(c);
  c.expect('AS');
  const [from, to] = table ? span(c, () => query(c)) : parenthesised(c);
  const own = [...before, ...options(c)];
  return {
    kind: 'createFunction',
    mode,
    temporary,
    what,
    routine,
    arguments: args,
    body: c.text.slice(from, to),
    options: own,
    ...(returns && { returns }),
  };
}

function span(c: Cursor, read: () => unknown): [from: number, to: number] {
  const from = c.at;
  read();
  return [from, c.lastEnd];
}

function parenthesised(c: Cursor): [from: number, to: number] {
  c.expect('(');
  const found = span(c, () => expression(c));
  c.expect(')');
  return found;
}

const droppable = [
  ['TABLE', 'FUNCTION'],
  ['MATERIALIZED', 'VIEW'],
  ['SNAPSHOT', 'TABLE'],
  ['TABLE'],
  ['VIEW'],
  ['SCHEMA'],
  ['PROCEDURE'],
  ['AGGREGATE', 'FUNCTION'],
  ['FUNCTION'],
];

function drop(c: Cursor, at: number): BareStatement {
  const what = droppable.find((words) => c.accept(...words))?.join(' ');
  if (!what) throw notServed(`DROP ${c.peek().upper}`, at);
  const ifExists = c.accept('IF', 'EXISTS');
  const path = c.path();
  const cascade = c.accept('CASCADE');
  c.accept('RESTRICT');
  return { kind: 'drop', what: what as 'TABLE', path, ifExists, cascade };
}

function alter(c: Cursor, at: number): BareStatement {
  const other =
    (['SCHEMA', 'VIEW'] as const).find((word) => c.accept(word)) ??
    (c.accept('MATERIALIZED', 'VIEW') ? 'MATERIALIZED VIEW' : undefined);
  if (!other && !c.accept('TABLE')) throw notServed(`ALTER ${c.peek().upper}`, at);
  const ifExists = c.accept('IF', 'EXISTS');
  const table = c.path();
  if (!other) return { kind: 'alterTable', table, ifExists, changes: c.list(() => tableChange(c)) };
  if (!c.accept('SET')) throw notServed(`ALTER ${other} … ${c.peek().upper}`, c.at);
  const { at: place } = c;
  const collation = defaultCollation(c);
  if (other !== 'SCHEMA' && collation.length > 0)
    throw new SqlError(`ALTER ${other} does not support SET DEFAULT COLLATE`, place);
  const set = collation.length > 0 ? collation : options(c);
  return { kind: 'alterOptions', what: other, path: table, ifExists, options: set };
}

function tableChange(c: Cursor): TableChange {
  const at = c.at;
  if (c.is('SET', 'OPTIONS') && c.accept('SET')) return { kind: 'options', options: options(c) };
  if (c.is('SET', 'DEFAULT') && c.accept('SET')) return { kind: 'options', options: defaultCollation(c) };
  if (c.accept('RENAME', 'TO')) return { kind: 'renameTable', to: c.identifier() };
  if (c.accept('ADD', 'COLUMN')) {
    const ifNotExists = c.accept('IF', 'NOT', 'EXISTS');
    return { kind: 'add', column: columnSyntax(c), ifNotExists };
  }
  if (c.accept('DROP', 'COLUMN')) {
    const ifExists = c.accept('IF', 'EXISTS');
    return { kind: 'drop', column: c.identifier(), ifExists };
  }
  if (c.accept('RENAME', 'COLUMN')) {
    const ifExists = c.accept('IF', 'EXISTS');
    const column = c.identifier();
    c.expect('TO');
    return { kind: 'rename', column, to: c.identifier(), ifExists };
  }
  if (c.accept('ADD', 'PRIMARY', 'KEY')) {
    c.expect('(');
    const columns = c.list(() => c.identifier());
    c.expect(')', 'NOT', 'ENFORCED');
    return { kind: 'primaryKey', columns };
  }
  if (c.accept('DROP', 'PRIMARY', 'KEY')) {
    c.accept('IF', 'EXISTS');
    return { kind: 'primaryKey', columns: undefined };
  }
  if (c.is('ADD', 'FOREIGN') || c.is('ADD', 'CONSTRAINT')) {
    c.expect('ADD');
    return { kind: 'foreignKey', key: foreignKey(c) };
  }
  if (c.accept('DROP', 'CONSTRAINT')) {
    const ifExists = c.accept('IF', 'EXISTS');
    return { kind: 'dropConstraint', name: c.identifier(), ifExists };
  }
  if (c.accept('ALTER', 'COLUMN')) return columnChange(c);
  throw notServed(`ALTER TABLE … ${c.peek().upper} ${c.peek(1).upper}`, at);
}

function columnChange(c: Cursor): TableChange {
  c.accept('IF', 'EXISTS');
  const column = c.identifier();
  if (c.accept('DROP', 'NOT', 'NULL')) return { kind: 'dropNotNull', column };
  if (c.accept('DROP', 'DEFAULT')) return { kind: 'default', column };
  if (c.accept('SET', 'DEFAULT')) return { kind: 'default', column, value: textOfExpression(c) };
  if (c.accept('SET', 'DATA', 'TYPE')) return { kind: 'type', column, type: typeSyntax(c, options) };
  c.expect('SET');
  return { kind: 'columnOptions', column, options: options(c) };
}
