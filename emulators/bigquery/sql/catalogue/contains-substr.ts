import { notServed } from '../sql-error.ts';
import { fieldsOf, type Typed } from '../typed.ts';
import { castTo } from './conversions.ts';
import { type Bound, type Entry, special } from './entry.ts';

/** The values of a STRUCT and of an ARRAY are searched each; NULL is what is not known to be without it. */
function found(value: Typed, needle: string, { at, zone }: Bound): string {
  const { type, sql } = value;
  switch (type.kind) {
    case 'STRUCT': {
      const all = fieldsOf(value).map((f) => found(f, needle, { at, zone } as Bound));
      return `CASE WHEN ${sql} IS NOT NULL THEN (${all.join(' OR ')}) END`;
    }
    case 'ARRAY': {
      const each = found({ sql: 'bq_e', type: type.of }, needle, { at, zone } as Bound);
      return `bq_any_true(list_transform(${sql}, lambda bq_e: ${each}))`;
    }
    case 'BYTES':
    case 'FLOAT64':
    case 'INTERVAL':
    case 'JSON':
    case 'RANGE<DATE>':
    case 'RANGE<DATETIME>':
    case 'RANGE<TIMESTAMP>':
      throw notServed(`CONTAINS_SUBSTR of ${type.kind}`, at);
    default:
      return `contains(bq_fold_case(${castTo(value, { kind: 'STRING' }, false, at, zone).sql}), bq_fold_case(${needle}))`;
  }
}

export const containsSubstr: Entry = special(
  'CONTAINS_SUBSTR',
  [
    [
      'STRING, STRING',
      'BOOL',
      ([text, needle]) => `contains(bq_fold_case(${text}), bq_fold_case(${needle}))`,
    ],
    ['ANY, STRING', 'BOOL', ([, needle = ''], bound) => found(bound.args[0] as Typed, needle, bound)],
  ],
  [
    ["CONTAINS_SUBSTR('Foo', 'fo')", true],
    ["CONTAINS_SUBSTR(('Tea', DATE '2026-01-09', [7, 415]), '15')", true],
    ["CONTAINS_SUBSTR((12, NULL), '3')", null],
    ["CONTAINS_SUBSTR((12, NULL), '2')", true],
    ["CONTAINS_SUBSTR(['a', NULL], 'A')", true],
    ["CONTAINS_SUBSTR(['a', NULL], 'b')", null],
    [
      "(SELECT COUNT(*) FROM (SELECT 'Red' AS a, 1 AS b UNION ALL SELECT 'blue', 2) AS t WHERE CONTAINS_SUBSTR(t, 'RED'))",
      1,
    ],
  ],
);
export const containsMacro =
  'bq_any_true(l) AS CASE WHEN list_contains(l, true) THEN true WHEN len(list_filter(l, lambda bq_x: bq_x IS NULL)) > 0 THEN NULL WHEN l IS NOT NULL THEN false END';
