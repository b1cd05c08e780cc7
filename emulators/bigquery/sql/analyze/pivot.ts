import { entryOf } from '../catalogue/index.ts';
import { keyed } from '../collation-keys.ts';
import { collationText, hasKey, isCollated } from '../collations.ts';
import type { Expr, FromItem } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { coerce, superType, type Typed } from '../typed.ts';
import { quoted, type Type, text } from '../types.ts';
import type { Analysis } from './context.ts';
import type { Column, Relation } from './relation.ts';
import { type From, type RangeColumn, Scope } from './scope.ts';

type Pivot = Extract<FromItem, { kind: 'pivot' }>;
type Unpivot = Extract<FromItem, { kind: 'unpivot' }>;

/** Each aggregate once for each value, over the rows that have it; columns used in neither place are the groups. */
export function analysePivot(item: Pivot, source: From, outer: Scope, a: Analysis): Relation {
  const scope = new Scope(outer, { ranges: source.ranges });
  if (JSON.stringify(item.aggregates).includes('"kind":"subquery"'))
    throw notServed('A sub-query in PIVOT', item.at);
  const used = new Set(namesIn([item.by, item.aggregates.map((x) => x.call)]));
  const all = source.ranges.flatMap((r) => r.columns.filter((c) => !c.hidden));
  const keys = all.filter((c) => !used.has(c.name?.toLowerCase() ?? ''));
  if (item.aggregates.length > 1 && item.aggregates.some((x) => x.alias === undefined))
    throw new SqlError('PIVOT with several aggregates needs an alias for each', item.at);
  const by = a.expression(item.by, scope).type;
  const outputs = item.values.flatMap(({ value, alias }) =>
    item.aggregates.map(({ call, alias: prefix }): { name: string; typed: Typed } => {
      if (call.kind !== 'call' || entryOf(call.name)?.kind !== 'aggregate' || call.over)
        throw new SqlError('PIVOT expression must be an aggregate function call', call.at);
      if (/^ARRAY_AGG$/i.test(call.name) && call.nulls !== 'ignore')
        throw new SqlError(
          'Use of aggregate function ARRAY_AGG as PIVOT expression is not supported unless IGNORE NULLS is specified',
          call.at,
        );
      const differs: Expr = { kind: 'call', name: '$is_distinct', args: [item.by, value], at: value.at };
      const where: Expr = { kind: 'call', name: '$not', args: [differs], at: value.at };
      const name = alias ?? valueName(value, by, prefix === undefined);
      return {
        name: prefix === undefined ? name : `${prefix}_${name}`,
        typed: a.expression({ ...call, where }, scope),
      };
    }),
  );
  const columns: Column[] = [
    ...keys.map((c) => ({ name: c.name, as: c.name ?? '', type: c.typed.type })),
    ...outputs.map((o) => ({ name: o.name, as: o.name, type: o.typed.type })),
  ];
  const shown = keys.map(({ typed }) =>
    hasKey(typed.type) ? { ...typed, sql: `any_value(${typed.sql})` } : typed,
  );
  const list = [...shown, ...outputs.map((o) => o.typed)]
    .map((typed, i) => `${typed.sql} AS ${quoted((columns[i] as Column).as)}`)
    .join(', ');
  const group =
    keys.length > 0 ? ` GROUP BY ${keys.map((c) => keyed(c.typed).sql).join(', ')}` : ' GROUP BY ()';
  return { sql: `SELECT ${list} FROM ${source.sql}${group}`, columns, value: false };
}

/** Columns and fields, whatever they stand in. */
export function namesIn(tree: unknown): string[] {
  if (Array.isArray(tree)) return tree.flatMap(namesIn);
  if (typeof tree !== 'object' || tree === null) return [];
  const { kind, name } = tree as { kind?: string; name?: unknown };
  const own = (kind === 'name' || kind === 'field') && typeof name === 'string' ? [name.toLowerCase()] : [];
  return [...own, ...Object.values(tree).flatMap(namesIn)];
}

/** What the column of a value is called: by the value of the type that FOR has, however it is written. */
function valueName(e: Expr, { kind }: Type, alone: boolean): string {
  const negated = e.kind === 'call' && e.name === '$negate' ? e.args[0] : undefined;
  const literal = negated ?? e;
  if (literal.kind !== 'literal') throw notServed('A PIVOT value without an alias that is no literal', e.at);
  const first = alone ? '_' : '';
  if (literal.type === 'NULL' || kind === 'STRING') return literal.value;
  if (kind === 'BOOL') return literal.value.toLowerCase();
  if (kind === 'DATE')
    return first + literal.value.replace(/\d+/g, (digits) => digits.padStart(2, '0')).replaceAll('-', '_');
  if (!/^(INT64|(BIG)?NUMERIC)$/.test(kind))
    throw new SqlError(`PIVOT values of type ${kind} must specify an alias`, e.at);
  const written = /^0x/i.test(literal.value) ? String(BigInt(literal.value)) : literal.value;
  const [, minus, whole, rest] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(written) ?? [];
  if (whole === undefined) throw notServed(`The PIVOT value ${written} without an alias`, e.at);
  const negative = (minus === '-') !== (negated !== undefined) && `${whole}${rest ?? ''}` !== '0';
  return `${negative ? 'minus_' : first}${whole}${rest ? `_point_${rest}` : ''}`;
}

/** One row for each set of columns, unless all of them are NULL. */
export function analyseUnpivot(item: Unpivot, source: From, a: Analysis): Relation {
  const all = source.ranges.flatMap((r) => r.columns.filter((c) => !c.hidden));
  const find = (name: string): RangeColumn => {
    const found = all.filter((c) => c.name?.toLowerCase() === name.toLowerCase());
    if (found.length !== 1)
      throw new SqlError(
        `Column ${name} in UNPIVOT IN clause is ${found.length ? 'ambiguous' : 'not found'}`,
        item.at,
      );
    const [column] = found as [RangeColumn];
    if (isCollated(column.typed.type))
      throw new SqlError(
        `Collation ${collationText(column.typed.type)} in UNPIVOT IN clause is not supported`,
        item.at,
      );
    return column;
  };
  const sets = item.sets.map((set) => {
    if (set.columns.length !== item.values.length)
      throw new SqlError('UNPIVOT column groups differ in the number of their columns', item.at);
    return set.columns.map(find);
  });
  const used = new Set(sets.flat());
  if (used.size < sets.flat().length)
    throw new SqlError('Column names in UNPIVOT IN clause cannot be repeated', item.at);
  const types = item.values.map((_, i): Type => {
    const typed = sets.map((set) => (set[i] as RangeColumn).typed);
    const common = superType(typed);
    if (!common || typed.some((t) => t.type.kind !== common.kind))
      throw new SqlError('The datatype of the columns in an UNPIVOT IN clause does not match', item.at);
    return common;
  });
  const labels = item.sets.map(
    (set): Typed =>
      set.label
        ? a.expression(set.label, new Scope())
        : { sql: text(set.columns.join('_')), type: { kind: 'STRING' } },
  );
  const labelType = superType(labels) ?? { kind: 'STRING' };
  const kept = all.filter((c) => !used.has(c));
  const row = a.unique('u');
  const packed = sets.map((set, s) => {
    const values = set.map((c, i) => `"v${i}" := ${coerce(c.typed, types[i] as Type).sql}`);
    return `struct_pack("label" := ${coerce(labels[s] as Typed, labelType).sql}, ${values.join(', ')})`;
  });
  const field = (name: string): string => `struct_extract(${quoted(row)}."v", '${name}')`;
  const columns: Column[] = [
    ...kept.map((c) => ({ name: c.name, as: c.name ?? '', type: c.typed.type })),
    ...item.values.map((name, i) => ({ name, as: name, type: types[i] as Type })),
    { name: item.name, as: item.name, type: labelType },
  ];
  const sqls = [
    ...kept.map((c) => c.typed.sql),
    ...item.values.map((_, i) => field(`v${i}`)),
    field('label'),
  ];
  const list = sqls.map((sql, i) => `${sql} AS ${quoted((columns[i] as Column).as)}`).join(', ');
  const where = item.includeNulls
    ? ''
    : ` WHERE ${item.values.map((_, i) => `${field(`v${i}`)} IS NOT NULL`).join(' OR ')}`;
  return {
    sql: `SELECT ${list} FROM ${source.sql} CROSS JOIN UNNEST([${packed.join(', ')}]) AS ${quoted(row)}("v")${where}`,
    columns,
    value: false,
  };
}
