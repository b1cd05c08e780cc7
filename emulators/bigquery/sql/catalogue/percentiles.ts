import { notServed } from '../sql-error.ts';
import { aggregate, duck, type Entry, type Modifiers, raise } from './entry.ts';

/** Of more values than are kept the last digits are DuckDB's. */
const most = 100;

/**
 * The service multiplies the percentile by the number of rows without rounding: 0.1, which as a double is a little
 * more than a tenth, lies behind the third of thirty rows. DuckDB rounds, so it is asked for one rank, and what lies
 * between two ranks is computed here.
 */
function continuous(x: string, p: string, m: Modifiers, macro = 'bq_percentile', of = 'DOUBLE'): string {
  const count = (condition: string): string => duck('count', [`CASE WHEN ${condition} THEN 1 END`], m);
  const known = count(`${x} IS NOT NULL`);
  const nulls = m.nulls === 'respect' ? count(`${x} IS NULL`) : 'CAST(0 AS BIGINT)';
  const nans = of === 'DOUBLE' ? count(`isnan(${x})`) : 'CAST(0 AS BIGINT)';
  const held = `struct_pack("l" := ${duck('min', [x, String(most)], m)}, "n" := ${known} + ${nulls} - 1, "nulls" := ${nulls}, "nans" := ${nans}, "p" := bq_percentage(${p}))`;
  const exact = `list_transform([${held}], lambda bq_v: ${macro}(bq_v))[1]`;
  const usual =
    of === 'DOUBLE' && m.nulls !== 'respect'
      ? `CASE WHEN ${nans} = 0 THEN quantile_cont(${x}, bq_percentage(${p}))${m.over} ELSE ${tooMany(of)} END`
      : tooMany(of);
  return `CASE WHEN ${known} <= ${most} THEN ${exact} ELSE ${usual} END`;
}
const tooMany = (of: string): string =>
  raise('PERCENTILE_CONT of so many NUMERIC, NULL or NaN values is not supported by the emulator', of);

const discrete =
  (type: string, share: 'FLOAT64' | 'NUMERIC') =>
  ([x = '', p = '']: string[], m: Modifiers): string => {
    const exact = share === 'NUMERIC' ? `CAST(bq_percentage(${p}) AS DECIMAL(10,9))` : `bq_percentage(${p})`;
    const rank = share === 'NUMERIC' ? exact : `bq_rank_share(${exact})`;
    const placed = (value: string): string =>
      m.nulls === 'respect'
        ? `bq_at_share(list_sort(array_agg(${value})${m.over}, 'ASC', 'NULLS FIRST'), ${exact})`
        : `quantile_disc(${value}, ${rank})${m.over}`;
    if (type !== 'FLOAT64') return placed(x);
    // NaN comes before every number.
    const value = `CASE WHEN ${x} IS NOT NULL THEN struct_pack("n" := NOT isnan(${x}), "v" := ${x}) END`;
    return `struct_extract(${placed(value)}, 'v')`;
  };

export const percentiles: readonly Entry[] = [
  aggregate(
    'PERCENTILE_CONT',
    [
      ['NUMERIC, FLOAT64', 'FLOAT64', ([x, p = ''], m) => continuous(`CAST(${x} AS DOUBLE)`, p, m)],
      ['INT64, FLOAT64', 'FLOAT64', ([x, p = ''], m) => continuous(`CAST(${x} AS DOUBLE)`, p, m)],
      [
        'NUMERIC, NUMERIC',
        'NUMERIC',
        ([x = '', p], m) =>
          continuous(x, `CAST(${p} AS DECIMAL(10,9))`, m, 'bq_numeric_percentile', 'DECIMAL(38,9)'),
      ],
      ['FLOAT64, FLOAT64', 'FLOAT64', ([x = '', p = ''], m) => continuous(x, p, m)],
    ],
    [
      [
        '(SELECT PERCENTILE_CONT(x, 0.7) OVER () FROM UNNEST([1.1, 2.2, 3.3]) AS x LIMIT 1)',
        2.6399999999999997,
      ],
    ],
    'window',
  ),
  aggregate(
    'PERCENTILE_DISC',
    [
      ['FLOAT64, FLOAT64', 'FLOAT64', discrete('FLOAT64', 'FLOAT64')],
      ['FLOAT64, NUMERIC', 'FLOAT64', discrete('FLOAT64', 'NUMERIC')],
      ['BIGNUMERIC, FLOAT64', 'BIGNUMERIC', discrete('T', 'FLOAT64')],
      ['BIGNUMERIC, NUMERIC', 'BIGNUMERIC', discrete('T', 'NUMERIC')],
      [
        'T, BIGNUMERIC',
        'T',
        (_, __, { at }) => {
          throw notServed('PERCENTILE_DISC at a BIGNUMERIC', at);
        },
      ],
      ['T, FLOAT64', 'T', discrete('T', 'FLOAT64')],
      ['T, NUMERIC', 'T', discrete('T', 'NUMERIC')],
    ],
    [
      ['(SELECT PERCENTILE_DISC(x, 0.1) OVER () FROM UNNEST(GENERATE_ARRAY(1, 30)) AS x LIMIT 1)', 4],
      [
        "(SELECT PERCENTILE_DISC(x, NUMERIC '0.1') OVER () FROM UNNEST(GENERATE_ARRAY(1, 30)) AS x LIMIT 1)",
        3,
      ],
    ],
    'window',
  ),
];

export const percentileMacros: readonly string[] = [
  `bq_percentage(p) AS CASE WHEN p >= 0 AND p <= 1 AND NOT isnan(CAST(p AS DOUBLE)) THEN p ELSE ${raise('The percentile must be between 0 and 1', 'DOUBLE')} END`,
  // What the product of two doubles loses is exact again when one is cut in halves.
  'bq_half(p) AS p * 134217729 - (p * 134217729 - p)',
  'bq_lost(p, n) AS (bq_half(p) * n - p * n) + (p - bq_half(p)) * n',
  // Such as 0.1, a little more than its decimal says: enough is added to be seen after DuckDB's own rounding.
  `bq_rank_share(p) AS CASE WHEN (bq_half(p) * 1e9 - round(p * 1e9)) + (p - bq_half(p)) * 1e9 BETWEEN 1e-20 AND 1e-6 THEN p + ${2 ** -50} ELSE p END`,
  'bq_below(p, n) AS CAST(floor(p * n) - CASE WHEN p * n = floor(p * n) AND bq_lost(p, n) < 0 THEN 1 ELSE 0 END AS BIGINT)',
  "bq_ranked(v, i) AS CASE WHEN i < v.nulls THEN NULL WHEN i < v.nulls + v.nans THEN CAST('nan' AS DOUBLE) ELSE v.l[i - v.nulls - v.nans + 1] END",
  'bq_placed(p, n) AS struct_pack("i" := bq_below(p, n), "f" := p * n - bq_below(p, n), "lost" := bq_lost(p, n))',
  'bq_percentile(v) AS list_transform([bq_placed(v.p, v.n)], lambda bq_w: list_transform([struct_pack("a" := bq_ranked(v, bq_w.i), "b" := bq_ranked(v, bq_w.i + 1))], lambda bq_e: bq_between(bq_e.a, bq_e.b, bq_w.f, bq_w.lost))[1])[1]',
  // The smaller of the two weights is computed, the other is what remains.
  'bq_between(a, b, f, lost) AS CASE WHEN f + lost = 0 THEN a WHEN a IS NULL THEN b WHEN f + lost > 0.5 THEN a * ((1 - f) - lost) + b * (1 - ((1 - f) - lost)) ELSE a * (1 - (f + lost)) + b * (f + lost) END',
  'bq_numeric_percentile(v) AS bq_numeric_between(v.l[CAST(floor(v.p * v.n) AS BIGINT) - v.nulls + 1], v.l[CAST(floor(v.p * v.n) AS BIGINT) - v.nulls + 2], CAST(v.p * v.n - floor(v.p * v.n) AS DECIMAL(10,9)), floor(v.p * v.n) - v.nulls)',
  'bq_numeric_between(a, b, f, i) AS CASE WHEN i < -1 OR (i = -1 AND f = 0) THEN NULL WHEN i = -1 THEN b WHEN f = 0 THEN a ELSE CAST(a * CAST(1 - f AS DECIMAL(10,9)) + b * f AS DECIMAL(38,9)) END',
  // What the product loses is a part of the next rank.
  'bq_at_share(l, p) AS l[greatest(1, bq_below(p, len(l)) + CASE WHEN p * len(l) = bq_below(p, len(l)) AND bq_lost(p, len(l)) = 0 THEN 0 ELSE 1 END)]',
];
