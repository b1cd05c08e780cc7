import { notServed, SqlError } from '../sql-error.ts';
import { approximateMacros, approximates } from './approximates.ts';
import { aggregate, type Bound, duck, type Entry, type Modifiers, notNull, raise } from './entry.ts';
import { averageOfIntervals, intervalSize, sumOfIntervals } from './intervals.ts';
import { percentileMacros, percentiles } from './percentiles.ts';
import { averageOfFloats, statistics, statisticsMacros, sumOfFloats, sumOfNumerics } from './statistics.ts';

const same =
  (name: string, type: string) =>
  (args: string[], m: Modifiers): string =>
    `CAST(${duck(name, args, m)} AS ${type})`;
const plain =
  (name: string) =>
  (args: string[], m: Modifiers): string =>
    duck(name, args, m);
/** The service takes each as the nearest double, whose sums are exact; two may have one double and yet be distinct. */
const averageOfIntegers = ([x = '']: string[], m: Modifiers): string =>
  m.distinct
    ? `list_avg(list_transform(${duck('array_agg', [x], m)}, lambda bq_x: CAST(CAST(bq_x AS DOUBLE) AS HUGEINT)))`
    : duck('avg', [`CAST(CAST(${x} AS DOUBLE) AS HUGEINT)`], m);

/** MIN and MAX are NaN as soon as one value is. */
const extreme = (name: string): Entry =>
  aggregate(
    name,
    [
      [
        'FLOAT64',
        'FLOAT64',
        (a, m) =>
          `CASE WHEN ${duck('bool_or', [`isnan(${a[0]})`], m)} THEN CAST('nan' AS DOUBLE) ELSE ${duck(name.toLowerCase(), a, m)} END`,
      ],
      [
        'INTERVAL',
        'INTERVAL',
        ([x = ''], m) => duck(`arg_${name.toLowerCase()}`, [x, intervalSize(x)], { ...m, distinct: false }),
      ],
      ['T', 'T', plain(name.toLowerCase())],
    ],
    [[`(SELECT ${name}(x) FROM UNNEST([3, 1, 2]) AS x)`, name === 'MIN' ? 1 : 3]],
  );

const extremeBy = (name: string, to: string, answer: string): Entry =>
  aggregate(
    name,
    [
      // NaN is the extreme of them all, and equal to none.
      [
        'T, FLOAT64',
        'T',
        (a, m) =>
          `CASE WHEN NOT coalesce(${duck('bool_or', [`isnan(${a[1]})`], m)}, false) THEN ${duck(to, a, m)} END`,
      ],
      ['T, U', 'T', plain(to)],
    ],
    [[`(SELECT ${name}(x.a, x.b) FROM UNNEST([STRUCT('p' AS a, 1 AS b), ('q', 2)]) AS x)`, answer]],
  );

/** NULLs are kept unless told otherwise; a NULL array where there is no row. */
function arrayAgg(args: string[], m: Modifiers, bound: Bound): string {
  const [x = ''] = args;
  if (bound.variables.get('T')?.kind === 'ARRAY')
    throw new SqlError('The argument to ARRAY_AGG must not be an array type', bound.at);
  if (m.over && m.limit) throw notServed('ARRAY_AGG with LIMIT as a window function', bound.at);
  const list = duck('array_agg', [x], m);
  return firstOf(list, m);
}
/** No element at all is NULL. */
const firstOf = (list: string, { limit }: Modifiers): string =>
  limit === undefined ? list : `CASE WHEN ${limit} > 0 THEN list_slice(${list}, 1, ${limit}) END`;

function stringAgg(args: string[], m: Modifiers, bound: Bound): string {
  if (bound.args[1]?.literal === 'null')
    throw new SqlError('Argument 2 to STRING_AGG must be non-NULL', bound.at);
  const [x = '', given] = args;
  const literal = given === undefined || typeof bound.args[1]?.literal === 'object';
  const separator = literal
    ? (given ?? "','")
    : `coalesce(${given}, ${raise('Illegal NULL separator in STRING_AGG', 'VARCHAR')})`;
  if (m.limit === undefined) return duck('string_agg', [x, separator], m);
  if (m.over) throw notServed('STRING_AGG with LIMIT as a window function', bound.at);
  const list = duck('array_agg', [x], notNull(x, m));
  return `array_to_string(${firstOf(list, m)}, ${separator})`;
}

export const aggregates: readonly Entry[] = [
  aggregate(
    'COUNT',
    [
      // DuckDB counts less than nothing in a frame that ends before it begins.
      [
        'STAR',
        'INT64',
        (_, m) => (m.over ? `greatest(${duck('count', ['*'], m)}, 0)` : duck('count', ['*'], m)),
      ],
      ['T', 'INT64', plain('count')],
    ],
    [['(SELECT COUNT(x) FROM UNNEST([1, NULL, 3]) AS x)', 2]],
  ),
  aggregate(
    'COUNTIF',
    [['BOOL', 'INT64', ([x = ''], m) => duck('count', [`CASE WHEN ${x} THEN 1 END`], m)]],
    [['(SELECT COUNTIF(x > 1) FROM UNNEST([1, NULL, 3]) AS x)', 1]],
  ),
  aggregate(
    'SUM',
    [
      ['INT64', 'INT64', same('sum', 'BIGINT')],
      ['NUMERIC', 'NUMERIC', sumOfNumerics],
      ['FLOAT64', 'FLOAT64', sumOfFloats],
      ['INTERVAL', 'INTERVAL', sumOfIntervals],
    ],
    [
      ["(SELECT SUM(x) FROM UNNEST([NUMERIC '0.1', NUMERIC '0.2']) AS x)", 0.3],
      [
        "(SELECT SUM(x) FROM UNNEST([NUMERIC '99999999999999999999999999999', NUMERIC '99999999999999999999999999999']) AS x)",
        'error',
      ],
      ['(SELECT SUM(x) FROM UNNEST([9223372036854775807, 1]) AS x)', 'error'],
    ],
  ),
  aggregate(
    'AVG',
    [
      ['INT64', 'FLOAT64', averageOfIntegers],
      [
        'NUMERIC',
        'NUMERIC',
        (a, m) => `bq_numeric_average(${sumOfNumerics(a, m)}, ${duck('count', a, { ...m, order: '' })})`,
      ],
      ['FLOAT64', 'FLOAT64', averageOfFloats],
      ['INTERVAL', 'INTERVAL', averageOfIntervals],
    ],
    [
      ["(SELECT AVG(x) FROM UNNEST([NUMERIC '1', NUMERIC '1', NUMERIC '0']) AS x)", 0.666666667],
      ['(SELECT AVG(x) FROM UNNEST([1, 2]) AS x)', 1.5],
      ['(SELECT AVG(x) FROM UNNEST([9223372036854775807, -9223372036854775808, 3]) AS x)', 1],
      [
        '(SELECT AVG(x) FROM UNNEST([INTERVAL 1 DAY, INTERVAL 30 HOUR, INTERVAL -2 MONTH]) AS x)',
        '0-0 -19 -6:0:0',
      ],
    ],
  ),
  extreme('MIN'),
  extreme('MAX'),
  aggregate(
    'ANY_VALUE',
    [['T', 'T', (a, m) => duck('first', a, { ...m, distinct: false })]],
    [['(SELECT ANY_VALUE(x) FROM UNNEST([7, 7]) AS x)', 7]],
  ),
  aggregate(
    'ARRAY_AGG',
    [['T', 'ARRAY<T>', arrayAgg]],
    [
      ['(SELECT ARRAY_AGG(x ORDER BY x DESC LIMIT 2) FROM UNNEST([1, 3, 2]) AS x)', [3, 2]],
      ['(SELECT ARRAY_AGG(x IGNORE NULLS ORDER BY x) FROM UNNEST([2, NULL, 1]) AS x)', [1, 2]],
    ],
  ),
  aggregate(
    'STRING_AGG',
    [
      ['STRING', 'STRING', stringAgg],
      ['STRING, STRING', 'STRING', stringAgg],
    ],
    [
      ["(SELECT STRING_AGG(x, '|' ORDER BY x) FROM UNNEST(['b', 'a', NULL]) AS x)", 'a|b'],
      ["(SELECT STRING_AGG(x ORDER BY x LIMIT 1) FROM UNNEST(['b', 'a']) AS x)", 'a'],
    ],
  ),
  aggregate(
    'LOGICAL_AND',
    [['BOOL', 'BOOL', plain('bool_and')]],
    [['(SELECT LOGICAL_AND(x > 1) FROM UNNEST([1, 2]) AS x)', false]],
  ),
  aggregate(
    'LOGICAL_OR',
    [['BOOL', 'BOOL', plain('bool_or')]],
    [['(SELECT LOGICAL_OR(x > 1) FROM UNNEST([1, 2]) AS x)', true]],
  ),
  extremeBy('MAX_BY', 'arg_max_null', 'q'),
  extremeBy('MIN_BY', 'arg_min_null', 'p'),
  ...approximates,
  aggregate('ARRAY_CONCAT_AGG', [
    ['ARRAY<T>', 'ARRAY<T>', (a, m, bound) => `flatten(${arrayAgg(a, notNull(a[0] ?? '', m), bound)})`],
  ]),
  ...statistics,
];

const ranking = (name: string, gives: string): Entry =>
  aggregate(name, [['', gives, (_, m) => `${name.toLowerCase()}()${m.over}`]], [], 'window');
const ignoring = (m: Modifiers): string => (m.nulls === 'ignore' ? ' IGNORE NULLS' : '');
const navigation = (name: string): Entry =>
  aggregate(
    name,
    [['T', 'T', ([x], m) => `${name.toLowerCase()}(${x}${ignoring(m)})${m.over}`]],
    [],
    'window',
  );
const shifted = (name: string): Entry =>
  aggregate(
    name,
    [
      [
        'T, INT64?, T?',
        'T',
        ([x, n, ...otherwise], m) =>
          `${name.toLowerCase()}(${[x, n && `bq_within(${n}, 0, 9223372036854775807)`, ...otherwise].filter(Boolean).join(', ')})${m.over}`,
      ],
    ],
    [],
    'window',
  );

export const windows: readonly Entry[] = [
  ranking('ROW_NUMBER', 'INT64'),
  ranking('RANK', 'INT64'),
  ranking('DENSE_RANK', 'INT64'),
  ranking('PERCENT_RANK', 'FLOAT64'),
  ranking('CUME_DIST', 'FLOAT64'),
  aggregate(
    'NTILE',
    [['INT64', 'INT64', ([n], m) => `ntile(bq_within(${n}, 1, 9223372036854775807))${m.over}`]],
    [],
    'window',
  ),
  shifted('LAG'),
  shifted('LEAD'),
  navigation('FIRST_VALUE'),
  navigation('LAST_VALUE'),
  aggregate(
    'NTH_VALUE',
    [
      [
        'T, INT64',
        'T',
        ([x, n], m) => `nth_value(${x}, bq_within(${n}, 1, 9223372036854775807)${ignoring(m)})${m.over}`,
      ],
    ],
    [],
    'window',
  ),
  ...percentiles,
];

export const aggregateMacros: readonly string[] = [
  ...statisticsMacros,
  ...percentileMacros,
  ...approximateMacros,
  `bq_numeric_sum(size, total) AS CASE WHEN abs(size) > 1.5e29 OR abs(total) > CAST('99999999999999999999999999999.999999999' AS DECIMAL(38,9)) THEN ${raise('NUMERIC overflow', 'DECIMAL(38,9)')} ELSE CAST(total AS DECIMAL(38,9)) END`,
  `bq_distance(x) AS CASE WHEN x >= 0 AND x <= 1.8e308 THEN x ELSE ${raise('Window framing expression must be a number that is not negative', 'BIGINT')} END`,
  "bq_range_key(k) AS CASE WHEN isnan(k) THEN CAST('-inf' AS DOUBLE) WHEN k < -1.7976931348623157e308 THEN -1.7976931348623157e308 ELSE k END",
  "bq_units(x) AS CASE WHEN bq_wide(x, 0) THEN CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT) ELSE bq_unscaled(x) END",
  'bq_onwards(k, d, most) AS CASE WHEN k > most - d THEN most - k ELSE d END',
  'bq_backwards(k, d, most) AS CASE WHEN k < d - most THEN k + most ELSE d END',
  ...[
    ['onwards', '-inf', 'd'],
    ['backwards', 'inf', 'CASE WHEN k > 0 THEN 1.7976931348623157e308 ELSE k + 1.7976931348623157e308 END'],
  ].map(
    ([way, start, all]) =>
      `bq_${way}_doubles(k, d) AS CASE WHEN isinf(d) AND k = CAST('${start}' AS DOUBLE) THEN ${raise('Offset value cannot be positive infinity when there exists an infinity order key', 'DOUBLE')} WHEN NOT isfinite(k) THEN 0 WHEN isinf(d) THEN ${all} ELSE bq_${way}(k, d, 1.7976931348623155e308) END`,
  ),
  'bq_best(l, m) AS coalesce(list_transform([struct_pack("l" := l, "m" := m)], lambda bq_x: list_transform(list_filter(bq_x.l, lambda bq_e: bq_e.k = bq_x.m), lambda bq_e: bq_e.v))[1], [])',
  `bq_rows(n) AS CASE WHEN n >= 0 THEN n ELSE ${raise('Limit requires non-negative count and offset', 'BIGINT')} END`,
  `bq_within(n, least, most) AS CASE WHEN n BETWEEN least AND most THEN n ELSE ${raise('A number of rows, buckets or values is NULL or out of range', 'BIGINT')} END`,
  'bq_numeric_average(total, n) AS CASE WHEN n > 0 THEN bq_scaled(bq_round_divide(bq_unscaled(total), CAST(n AS HUGEINT))) END',
];
