import { notServed } from '../sql-error.ts';
import { duckType, INT64, type Type } from '../types.ts';
import {
  aggregate,
  type Bound,
  duck,
  type Entry,
  type Lowering,
  type Modifiers,
  notNull,
  raise,
} from './entry.ts';
import { sumOfFloats, sumOfNumerics } from './statistics.ts';

/** Values with a number each, the greatest first. */
const ranked =
  (field: string, type: Type) =>
  ({ variables }: Bound): Type => ({
    kind: 'ARRAY',
    of: {
      kind: 'STRUCT',
      fields: [
        { name: 'value', type: variables.get('T') ?? INT64 },
        { name: field, type },
      ],
    },
  });

/** Exact, where the service approximates. A value without any weight comes last. */
const topSum =
  (of: string, sum: Lowering): Lowering =>
  ([x = '', w = '', n = ''], m, bound) => {
    if (m.over) throw notServed('APPROX_TOP_SUM as a window function', bound.at);
    const refused = raise(
      'APPROX_TOP_SUM does not support negative or NaN weights in the second argument',
      of,
    );
    const nan = of === 'DOUBLE' ? ` AND NOT isnan(${w})` : '';
    const weight = `CASE WHEN ${w} IS NULL OR (${w} >= 0${nan}) THEN ${w} ELSE ${refused} END`;
    const all = duck('list', [`struct_pack("v" := ${x}, "w" := ${weight})`], m);
    const plain: Modifiers = { ...m, distinct: false, order: '', filter: '' };
    const sums = `SELECT bq_e.v AS v, CAST(${sum(['bq_e.w'], plain, bound)} AS ${of}) AS s FROM (SELECT unnest(${all}) AS bq_e) GROUP BY ALL`;
    const ordered = `SELECT list(struct_pack("value" := v, "sum" := s) ORDER BY s DESC NULLS LAST, v) FROM (${sums})`;
    return `list_slice((${ordered}), 1, bq_within(${n}, 1, 100000))`;
  };

export const approximates: readonly Entry[] = [
  aggregate(
    'APPROX_COUNT_DISTINCT',
    [['T', 'INT64', (a, m) => duck('count', a, { ...m, distinct: true })]],
    [['(SELECT APPROX_COUNT_DISTINCT(x) FROM UNNEST([1, 1, 2]) AS x)', 2]],
  ),
  // Exact, where the service approximates: the element at rank ⌈i·n/k⌉, the first for i = 0.
  aggregate(
    'APPROX_QUANTILES',
    [
      [
        'T, INT64',
        'ARRAY<T>',
        ([x = '', n = ''], m, { variables }) => {
          const nan = variables.get('T')?.kind === 'FLOAT64' ? `NOT isnan(${x}) NULLS FIRST, ` : '';
          const sorted = duck('array_agg', [x], {
            ...(m.nulls === 'respect' ? m : notNull(x, m)),
            order: ` ORDER BY ${nan}${x} NULLS FIRST`,
          });
          // Checked where it is counted too: DuckDB makes a list of constants before it looks at the condition.
          const count = `bq_within(${n}, 1, 100000)`;
          return `CASE WHEN ${count} > 0 AND len(${sorted}) > 0 THEN list_transform(range(0, ${count} + 1), lambda bq_i: (${sorted})[greatest(1, CAST(ceil(bq_i * len(${sorted}) / ${n}) AS BIGINT))]) END`;
        },
      ],
    ],
    [
      ['(SELECT APPROX_QUANTILES(x, 2) FROM UNNEST([1, 2, 3, 4, 5]) AS x)', [1, 3, 5]],
      ['(SELECT APPROX_QUANTILES(x, 100000000) FROM UNNEST([1]) AS x)', 'error'],
      ['(SELECT APPROX_QUANTILES(x, 1 RESPECT NULLS)[OFFSET(0)] FROM UNNEST([2, NULL, 1]) AS x)', null],
    ],
  ),
  aggregate(
    'APPROX_TOP_COUNT',
    [
      [
        'T, INT64',
        ranked('count', INT64),
        ([x = '', n = ''], m, { variables, at }) => {
          if (m.over) throw notServed('APPROX_TOP_COUNT as a window function', at);
          // A map has no NULL key: NULLs are counted beside it.
          const known = `list_transform(map_entries(${duck('histogram', [x], notNull(x, m))}), lambda bq_e: struct_pack("c" := -CAST(bq_e.value AS BIGINT), "v" := bq_e.key))`;
          const others = `bq_nulls_counted(${duck('count', [`CASE WHEN ${x} IS NULL THEN 1 END`], m)}, CAST(NULL AS ${duckType(variables.get('T') ?? INT64)}))`;
          return `list_transform(list_slice(list_sort(list_concat(${known}, ${others})), 1, bq_within(${n}, 1, 100000)), lambda bq_e: struct_pack("value" := bq_e.v, "count" := -bq_e.c))`;
        },
      ],
    ],
    [
      ["(SELECT APPROX_TOP_COUNT(x, 2)[OFFSET(0)].count FROM UNNEST(['a', 'b', 'a']) AS x)", 2],
      [
        "(SELECT TO_JSON_STRING(APPROX_TOP_COUNT(x, 2)) FROM UNNEST([NULL, 'pear', 'pear', 'pear', 'apple', NULL]) AS x)",
        '[{"value":"pear","count":3},{"value":null,"count":2}]',
      ],
    ],
  ),
  aggregate(
    'APPROX_TOP_SUM',
    [
      ['T, INT64, INT64', ranked('sum', INT64), topSum('BIGINT', (a, m) => duck('sum', a, m))],
      ['T, NUMERIC, INT64', ranked('sum', { kind: 'NUMERIC' }), topSum('DECIMAL(38,9)', sumOfNumerics)],
      ['T, FLOAT64, INT64', ranked('sum', { kind: 'FLOAT64' }), topSum('DOUBLE', sumOfFloats)],
    ],
    [
      [
        "(SELECT TO_JSON_STRING(APPROX_TOP_SUM(x.v, x.w, 2)) FROM UNNEST([STRUCT('a' AS v, 2 AS w), ('b', 4), ('a', 3), ('c', NULL)]) AS x)",
        '[{"value":"a","sum":5},{"value":"b","sum":4}]',
      ],
      [
        '(SELECT TO_JSON_STRING(APPROX_TOP_SUM(x, x, 9)) FROM UNNEST([NULL, 0.5, NULL, 0.5]) AS x)',
        '[{"value":0.5,"sum":1},{"value":null,"sum":null}]',
      ],
      ['(SELECT APPROX_TOP_SUM(x, x, 2) FROM UNNEST([1, -1]) AS x)', 'error'],
    ],
  ),
];

export const approximateMacros: readonly string[] = [
  'bq_nulls_counted(n, v) AS CASE WHEN n > 0 THEN [struct_pack("c" := -CAST(n AS BIGINT), "v" := v)] ELSE [] END',
];
