import { entryOf } from '../catalogue/index.ts';
import { keysOf } from '../collation-keys.ts';
import { hasKey } from '../collations.ts';
import type { Select, SetOperation } from '../parse/syntax.ts';
import { SqlError } from '../sql-error.ts';
import { coerce, superType, type Typed } from '../typed.ts';
import { duckType, holds, INT64, quoted, typeName } from '../types.ts';
import { type Column, columnValue, type Relation } from './relation.ts';

/** All inputs of a chain at once, as together they say what type a column has. */
export function combined(body: SetOperation, inputs: readonly [Relation, ...Relation[]]): Relation {
  const what = wordsOf(body);
  const [first] = inputs;
  demandSameCount(body, inputs);
  const rows = inputs.flatMap(({ row }) => (row ? [row] : []));
  const written = body.op === 'UNION' && body.all && rows.length === inputs.length;
  const columns = first.columns.map((c, i): Column => {
    const each = inputs.map((input) => input.columns[i] as Column);
    const type = superType(
      written ? rows.map((row) => row[i] as Typed) : each.map((column) => columnValue(column, 's')),
      body.at,
    );
    if (!type)
      throw new SqlError(
        `Column ${i + 1} in ${what} has incompatible types: ${each.map((b) => typeName(b.type)).join(', ')}`,
        body.at,
      );
    if (!(body.op === 'UNION' && body.all) && holds(type, /JSON/))
      throw new SqlError(
        `Column ${i + 1} in ${what} has type that does not support set operation comparisons: ${typeName(type)}`,
        body.at,
      );
    return { name: c.name, as: c.as, type };
  });
  const value = inputs.every((input) => input.value);
  // DuckDB runs the sides of a UNION side by side; rows that are written down stay in their order.
  if (written) {
    const list = rows.map(
      (row) => `(${row.map((v, i) => casted(v, columns[i] as Column, body.at)).join(', ')})`,
    );
    const names = columns.map((c) => quoted(c.as)).join(', ');
    return { sql: `(SELECT * FROM (VALUES ${list.join(', ')}) AS s(${names}))`, columns, value };
  }
  if (!(body.op === 'UNION' && body.all) && columns.some((c) => hasKey(c.type)))
    return { sql: `(${byKeys(body, inputs, columns)})`, columns, value };
  const sql = inputs
    .map((side) => aligned(side, columns, body.at))
    .join(` ${body.op}${body.all ? ' ALL' : ''} `);
  return { sql: `(${sql})`, columns, value };
}

/** The rows of all inputs, grouped by what they are compared by: which inputs a group has rows of says whether it stays. */
function byKeys(body: SetOperation, inputs: readonly Relation[], columns: readonly Column[]): string {
  const sides = inputs.map(
    (input, i) => `SELECT ${i} AS bq_side, * FROM (${aligned(input, columns, body.at)}) AS s`,
  );
  const values = columns.map(
    ({ as, type }) =>
      `${hasKey(type) ? `arg_min(d.${quoted(as)}, d.bq_side)` : `d.${quoted(as)}`} AS ${quoted(as)}`,
  );
  const having = {
    UNION: '',
    INTERSECT: ` HAVING count(DISTINCT d.bq_side) = ${inputs.length}`,
    EXCEPT: ' HAVING max(d.bq_side) = 0',
  }[body.op];
  return `SELECT ${values.join(', ')} FROM (${sides.join(' UNION ALL ')}) AS d GROUP BY ${keysOf(columns)}${having}`;
}

const casted = (value: Typed, { type }: Column, at: number): string =>
  `CAST(${coerce(value, type, at).sql} AS ${duckType(type)})`;

const wordsOf = ({ op, all }: SetOperation): string => `${op} ${all ? 'ALL' : 'DISTINCT'}`;
export function demandSameCount(
  body: SetOperation,
  [first, ...rest]: readonly [Relation, ...Relation[]],
): void {
  for (const [i, other] of rest.entries())
    if (other.columns.length !== first.columns.length)
      throw new SqlError(
        `Queries in ${wordsOf(body)} have mismatched column count; query 1 has ${count(first)}, query ${i + 2} has ${count(other)}`,
        body.at,
      );
}
const count = ({ columns }: Relation): string => `${columns.length} column${columns.length === 1 ? '' : 's'}`;

/** The side with its values as the types of those columns. */
export function aligned(side: Relation, columns: readonly Column[], at: number): string {
  const list = side.columns.map((c, i) => {
    const target = columns[i] as Column;
    return `${coerce(columnValue(c, 's'), target.type, at).sql} AS ${quoted(target.as)}`;
  });
  return `SELECT ${list.join(', ')} FROM (${side.sql}) AS s`;
}

type Matching = NonNullable<SetOperation['byName']>;

/** Both sides with the same columns in the same order; NULL where a side lacks one that the mode keeps. */
export function byName(body: SetOperation, left: Relation, right: Relation): [Relation, Relation] {
  const matching = body.byName as Matching;
  const fail = (message: string): never => {
    throw new SqlError(message, body.at);
  };
  const listed = matching.on?.map((n) => n.toLowerCase());
  const [ours, theirs] = [namesOf(left, 1, listed, fail), namesOf(right, 2, listed, fail)];
  const wanted = listed ?? namesFor(matching.mode, ours, theirs);
  const missing = (n: string, query: number): never =>
    fail(`The column name '${n}' from the BY NAME ON list must appear in query ${query}`);
  if (matching.mode === 'strict' && [ours, theirs].some((some) => !sameNames(some, wanted)))
    fail(
      `BY NAME requires all input queries to have identical column names, but query 1 has [${ours.join(', ')}] and query 2 has [${theirs.join(', ')}]`,
    );
  if (wanted.length === 0)
    fail('Queries of the set operation using BY NAME do not have any columns in common');
  for (const n of wanted) {
    if (matching.mode !== 'full' && !ours.includes(n)) missing(n, 1);
    if (matching.mode === 'inner' && !theirs.includes(n)) missing(n, 2);
    if (!ours.includes(n) && !theirs.includes(n)) missing(n, 1);
  }
  const named = (n: string): string =>
    matching.on?.find((name) => name.toLowerCase() === n) ??
    [...left.columns, ...right.columns].find((c) => c.name?.toLowerCase() === n)?.name ??
    n;
  const arranged = ({ sql, value, ...side }: Relation): Relation => ({
    sql,
    value,
    columns: wanted.map((n) => ({
      ...(side.columns.find((c) => c.name?.toLowerCase() === n) ?? { as: n, type: INT64, literal: 'null' }),
      name: named(n),
    })),
  });
  return [arranged(left), arranged(right)];
}

function namesFor(
  mode: Matching['mode'],
  ours: readonly string[],
  theirs: readonly string[],
): readonly string[] {
  if (mode === 'inner') return ours.filter((n) => theirs.includes(n));
  return mode === 'full' ? [...ours, ...theirs.filter((n) => !ours.includes(n))] : ours;
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((n) => b.includes(n));

/** Columns beside the list of names, where there is one, need not have a name, nor one of their own. */
function namesOf(
  { columns }: Relation,
  query: number,
  listed: readonly string[] | undefined,
  fail: (message: string) => never,
): string[] {
  const names = columns.flatMap(
    ({ name }, i) =>
      name?.toLowerCase() ??
      (listed
        ? []
        : fail(
            `Anonymous columns are not allowed in set operations when BY NAME is used: query ${query}, column ${i + 1}`,
          )),
  );
  const twice = names.find((n, i) => names.indexOf(n) !== i && (listed?.includes(n) ?? true));
  if (twice !== undefined)
    fail(`Duplicate columns found when using BY NAME in set operations: ${twice} in query ${query}`);
  return names;
}

/** One row made of nothing but its own expressions. */
export function isRow({ kind: _, items, distinct, windows, at: __, ...more }: Select): boolean {
  return !distinct && windows.length === 0 && Object.keys(more).length === 0 && items.every(isPlain);
}
function isPlain(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return true;
  const { kind, name } = tree as { kind?: string; name?: string };
  if (kind === 'subquery' || kind === 'all') return false;
  if (kind === 'call' && entryOf(name ?? '')?.kind !== 'scalar') return false;
  return Object.values(tree).every(isPlain);
}
