import { fail, notServed } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import { expression, implicitName, nullsOrder, orderItems } from './expressions.ts';
import { atSetOperator, setOperator } from './set-operators.ts';
import type {
  Expr,
  FromItem,
  Grouping,
  OrderItem,
  Query,
  Select,
  SelectItem,
  SetOperation,
} from './syntax.ts';

/** What the pipe operators need of the query grammar, which calls them. */
export interface Grammar {
  query(c: Cursor): Query;
  queryPrimary(c: Cursor): Select | SetOperation | Query;
  selectItem(c: Cursor): SelectItem;
  joins(c: Cursor, left: FromItem): FromItem;
  pivoted(c: Cursor, of: FromItem): FromItem;
  sample(c: Cursor): Expr;
  commonTables(c: Cursor): Query['with'];
  grouping(c: Cursor): Grouping;
  windows(c: Cursor): Select['windows'];
  tableArgument(c: Cursor): Expr;
  aliases(c: Cursor): { alias?: string };
}

/** One outside of any sub-query: WHERE is QUALIFY then. */
const hasWindow = (condition: Expr): boolean =>
  JSON.stringify(condition, (key, value: unknown) => (key === 'query' ? undefined : value)).includes(
    '"over":',
  );

const whole = (at: number): SelectItem => ({ kind: 'all', at, except: [], replace: [] });
const queryOf = (body: Query['body'], at: number): Query => ({
  kind: 'query',
  with: [],
  recursive: false,
  body,
  order: [],
  at,
});

/**
 * `query |> OPERATOR …`, as the query it abbreviates. Each operator is one SELECT around what came before, except that
 * one right after FROM and its WHEREs joins them, so that the names of the tables stay in sight: what EXTEND adds there is
 * joined to them.
 */
export function pipeline(c: Cursor, first: Query, g: Grammar, name?: string): Query {
  let current = first;
  let alias = name ?? aliasOf(current);
  const ctes: Query['with'][number][] = [];
  while (c.accept('|>')) {
    if (c.accept('AS')) {
      const at = c.at;
      alias = c.identifier();
      current = everyRow({ kind: 'derived', query: current, alias, at }, at);
      continue;
    }
    // Tables that a WITH names are for all operators after it, so they stand around the whole.
    if (c.accept('WITH')) {
      ctes.push(...g.commonTables(c));
      continue;
    }
    const changes = c.isAny('SET', 'DROP', 'RENAME');
    const remade = c.isAny('SELECT', 'AGGREGATE') || atSetOperator(c);
    const rows = alias ?? rowsOf(current);
    current = operator(c, current, alias, g);
    if (changes && rows !== undefined) current = besideRows(current, rows);
    else if (remade) current = closed(current);
    // What stood before SET is seen from right behind it only, where no other query is in between.
    const gone = remade || changes || (rowsOf(current) !== undefined && !isOpen(current));
    alias = gone ? undefined : (aliasOf(current) ?? alias);
  }
  return ctes.length > 0 ? { ...queryOf(current, first.at), with: ctes } : current;
}

/** A query of its own, whose tables nothing behind it can name. */
export const closed = (q: Query): Query => (isOpen(q) ? queryOf(q, q.at) : q);

/** The columns as they were changed, and under the name of the table its rows as they were. */
function besideRows(q: Query, alias: string): Query {
  const { at, body } = q;
  if (body.kind !== 'select') return q;
  const column = `${alias}#rows`;
  const rows: SelectItem = {
    kind: 'value',
    value: { kind: 'name', name: alias, quoted: true, at },
    alias: column,
  };
  const query = { ...q, body: { ...body, items: [...body.items, rows] } };
  return everyRow({ kind: 'derived', query, at, rows: { alias, column } }, at);
}
const rowsOf = ({ body }: Query): string | undefined =>
  body.kind === 'select' && body.from?.kind === 'derived' ? body.from.rows?.alias : undefined;

/** The one name that the columns may still be qualified with. */
function aliasOf(q: Query): string | undefined {
  const { body } = q;
  if (body.kind !== 'select' || !body.from) return undefined;
  const { from } = body;
  return from.kind === 'table' ? (from.alias ?? from.path.at(-1)) : 'alias' in from ? from.alias : undefined;
}

/** Just `FROM …`, perhaps with WHERE: more may be added to it. */
const isOpen = ({ body, order, limit, with: ctes }: Query): boolean =>
  body.kind === 'select' &&
  body.from !== undefined &&
  body.items.every(
    (i) => i.kind === 'all' && !i.of && i.except.length + i.replace.length === 0 && !i.rename,
  ) &&
  !body.distinct &&
  !body.group &&
  !body.qualify &&
  order.length === 0 &&
  !limit &&
  ctes.length === 0;

function operator(c: Cursor, current: Query, alias: string | undefined, g: Grammar): Query {
  const at = c.at;
  const derived = (): FromItem => ({
    kind: 'derived',
    query: current,
    at,
    piped: true,
    ...(alias !== undefined && { alias }),
  });
  const open = isOpen(current) && current.body.kind === 'select' ? current.body : undefined;
  const base: Select = open ?? {
    kind: 'select',
    distinct: false,
    items: [whole(at)],
    from: derived(),
    windows: [],
    at,
  };
  const select = (more: Partial<Select>): Query => queryOf({ ...base, ...more }, at);
  const star = (more: Partial<Extract<SelectItem, { kind: 'all' }>>): Query =>
    select({ items: [{ kind: 'all', at, except: [], replace: [], ...more }] });

  if (c.accept('WHERE')) {
    const where = expression(c);
    if (hasWindow(where)) return select({ qualify: where });
    return select({
      where: base.where ? { kind: 'call', name: '$and', args: [base.where, where], at } : where,
    });
  }
  if (c.accept('SELECT')) {
    const distinct = c.accept('DISTINCT');
    const list = items(c, g);
    return select({ distinct, items: list, windows: g.windows(c) });
  }
  if (c.accept('EXTEND')) {
    const more = items(c, g);
    const from = open?.from && besides(open.from, more, at);
    return select(from ? { from } : { items: [whole(at), ...more], windows: g.windows(c) });
  }
  if (c.accept('SET'))
    return star({
      replace: c.list(() => {
        const name = c.identifier();
        c.expect('=');
        return { name, value: expression(c) };
      }),
    });
  if (c.accept('DROP')) return star({ except: c.list(() => c.identifier()) });
  if (c.accept('RENAME'))
    return star({
      rename: c.list(() => {
        const name = c.identifier();
        c.accept('AS');
        return { name, to: c.identifier() };
      }),
    });
  if (c.accept('DISTINCT')) return select({ distinct: true });
  if (c.accept('AGGREGATE')) return aggregated(c, base, g, at);
  if (c.accept('ORDER', 'BY')) return { ...(open ? current : select({})), order: orderItems(c) };
  if (c.accept('LIMIT')) {
    const limit = expression(c);
    const offset = c.accept('OFFSET') ? expression(c) : undefined;
    const target = current.limit ? select({}) : current;
    return { ...target, limit, ...(offset && { offset }) };
  }
  if (atSetOperator(c)) return combined(c, current, g, at);
  if (c.isAny('JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'))
    return everyRow(g.joins(c, joinable(open) ?? derived()), at);
  if (c.isAny('PIVOT', 'UNPIVOT')) return everyRow(g.pivoted(c, derived()), at);
  if (open?.from?.kind === 'table' && !open.where && c.accept('TABLESAMPLE'))
    return select({ from: { ...open.from, samplePercent: g.sample(c) } });
  if (c.accept('CALL')) {
    const path = c.path();
    c.expect('(');
    const more = c.is(')') ? [] : c.list(() => g.tableArgument(c));
    c.expect(')');
    const args: Expr[] = [{ kind: 'subquery', form: 'scalar', query: current, at }, ...more];
    return everyRow({ kind: 'tableFunction', path, args, at, ...g.aliases(c) }, at);
  }
  throw notServed(`The pipe operator ${c.peek().upper}`, at);
}

/** Columns beside a join or an array, whose names are to stay in sight; none for what is made of other rows, or a star. */
function besides(left: FromItem, more: readonly SelectItem[], at: number): FromItem | undefined {
  const values = more.flatMap((i) => {
    if (i.kind !== 'value') return [];
    const name = i.alias ?? implicitName(i.value);
    return [{ value: i.value, ...(name !== undefined && { name }) }];
  });
  const simple = values.length === more.length && !JSON.stringify(values).includes('"over":');
  if (!simple || !/^(join|unnest)$/.test(left.kind)) return undefined;
  const row: Expr = { kind: 'struct', items: values, at };
  const right: FromItem = { kind: 'unnest', of: { kind: 'array', items: [row], at }, at };
  return { kind: 'join', type: 'CROSS', left, right, at };
}

/** `SELECT * FROM …` */
export const everyRow = (from: FromItem, at: number): Query => queryOf({ ...plain(at), from }, at);
const plain = (at: number): Select => ({
  kind: 'select',
  distinct: false,
  items: [whole(at)],
  windows: [],
  at,
});
const joinable = (open: Select | undefined): FromItem | undefined => (open?.where ? undefined : open?.from);

function items(c: Cursor, g: Grammar): SelectItem[] {
  const found = [g.selectItem(c)];
  while (c.accept(',')) {
    if (c.isAny('|>', ')', ';') || c.peek().kind === 'end') break;
    found.push(g.selectItem(c));
  }
  return found;
}

/** The keys come first; `GROUP AND ORDER BY`, or a direction after an item, sorts as well. */
function aggregated(c: Cursor, base: Select, g: Grammar, at: number): Query {
  const ordinal = (i: number): Expr => ({ kind: 'literal', type: 'INT64', value: String(i + 1), at });
  const direction = (always: boolean): Omit<OrderItem, 'by'> | undefined => {
    const descending = c.accept('DESC');
    const sorted = descending || c.accept('ASC') || always;
    const nulls = nullsOrder(c);
    return sorted || nulls ? { descending, ...(nulls && { nulls }) } : undefined;
  };
  type Sorted = { item: SelectItem; sort: Omit<OrderItem, 'by'> | undefined };
  const values: Sorted[] = [];
  while (!c.isAny('GROUP', '|>', ')', ';') && c.peek().kind !== 'end') {
    values.push({ item: g.selectItem(c), sort: direction(false) });
    if (!c.accept(',')) break;
  }
  const keys: Sorted[] = [];
  let sets: Grouping | undefined;
  if (c.accept('GROUP')) {
    const all = c.accept('AND', 'ORDER');
    c.expect('BY');
    if (c.isAny('ROLLUP', 'CUBE') || c.is('GROUPING', 'SETS') || c.is('(', ')')) {
      if (all) fail(`GROUP AND ORDER BY cannot be used with ${c.peek().upper}`, c.at);
      sets = g.grouping(c);
      keys.push(
        ...keysOf(sets).map((value): Sorted => ({ item: { kind: 'value', value }, sort: undefined })),
      );
    } else
      do keys.push({ item: g.selectItem(c), sort: direction(all) });
      while (c.accept(','));
  }
  if (values.length + keys.length === 0)
    fail('Pipe AGGREGATE cannot have both an empty aggregate list and an empty GROUP BY', at);
  const order = [...keys, ...values].flatMap(({ sort }, i): OrderItem[] =>
    sort ? [{ by: ordinal(i), ...sort }] : [],
  );
  const by = keys.map((_, i) => [ordinal(i)]);
  const body: Select = {
    ...base,
    items: [...keys, ...values].map((x) => x.item),
    group: sets ?? { kind: 'list', by },
  };
  return { ...queryOf(body, at), order };
}

/** Each column that a ROLLUP and its like name, once: they come before the aggregates. */
function keysOf(group: Grouping): Expr[] {
  const found = new Map<string, Expr>();
  const sets = group.kind === 'sets' ? group.sets : group.kind === 'all' ? [] : [group];
  for (const e of sets.flatMap(({ by }) => by.flat()))
    if (e.kind === 'name' || e.kind === 'field') found.set(e.name.toLowerCase(), e);
    else fail('Anonymous columns are not allowed in grouping sets', e.at);
  return [...found.values()];
}

function combined(c: Cursor, current: Query, g: Grammar, at: number): Query {
  const operator = setOperator(c) ?? c.fail();
  let left: Query['body'] = current;
  do left = { kind: 'set', ...operator, left, right: g.queryPrimary(c), at };
  while (c.accept(',') && c.is('('));
  return queryOf(left, at);
}
