import { isDrawn } from '../typed.ts';
import { aggregate, duck, type Entry, type Modifiers, raise } from './entry.ts';

const unit = 2n ** 62n;
/** What takes part in an exact sum: all digits of such a double have a place in the two whole numbers it is split into. */
const fits = (x: string): string => `(${x} = 0 OR abs(${x}) BETWEEN ${2 ** -20} AND ${2n ** 52n})`;

/**
 * The service adds doubles as if nothing were rounded before the end. Here each is split into thousands and the rest,
 * both whole numbers whose sums are exact; what does not fit is added with the error of each step carried along.
 */
function exactSum(x: string, m: Modifiers): { hi: string; lo: string; exact: string } {
  const thousands = `trunc(${x} * 1024)`;
  return {
    hi: duck('sum', [`TRY_CAST(${thousands} AS BIGINT)`], m),
    lo: duck('sum', [`TRY_CAST((${x} * 1024 - ${thousands}) * ${unit} AS BIGINT)`], m),
    exact: duck('bool_and', [fits(x)], m),
  };
}
/** Carries the error along, which an infinity would turn into NaN. */
const carried = (x: string, m: Modifiers): string =>
  `bq_float_sum(${duck('sum', [x], m)}, ${duck('kahan_sum', [x], m)}, ${duck('bool_and', [`isfinite(${x})`], m)})`;

export function sumOfFloats([x = '']: string[], m: Modifiers): string {
  // Each copy of it would be another value.
  if (isDrawn(x)) return duck('sum', [x], m);
  if (m.distinct) return carried(x, m);
  const { hi, lo, exact } = exactSum(x, m);
  return `CASE WHEN ${exact} THEN bq_exact_sum(${hi}, ${lo}, 1) ELSE ${carried(x, m)} END`;
}
export function averageOfFloats([x = '']: string[], m: Modifiers): string {
  if (isDrawn(x)) return duck('avg', [x], m);
  const count = duck('count', [x], m);
  // An infinity is the average of itself, and among others there is none for the service.
  const plain = `CASE WHEN ${duck('bool_and', [`isfinite(${x})`], m)} THEN ${carried(x, m)} / ${count} WHEN ${count} = 1 THEN ${duck('max', [x], m)} WHEN ${count} > 1 THEN CAST('nan' AS DOUBLE) END`;
  if (m.distinct) return plain;
  const { hi, lo, exact } = exactSum(x, m);
  return `CASE WHEN ${exact} THEN bq_exact_sum(${hi}, ${lo}, ${count}) ELSE ${plain} END`;
}

/** Only whole numbers and narrower NUMERICs are widened by a plain CAST; the sum can be widened instead of each row. */
const widened = /^CAST\(("(?:[^"]|"")*"\."(?:[^"]|"")*") AS DECIMAL\(38,9\)\)$/;

/** DuckDB lets a sum of 128 bits run over without a word: the sum of doubles tells, long before it matters. */
export function sumOfNumerics([x = '']: string[], m: Modifiers): string {
  const value = widened.exec(x)?.[1] ?? x;
  const size = duck('sum', [`CAST(${value} AS DOUBLE)`], m);
  return `bq_numeric_sum(${size}, ${duck('sum', [value], m)})`;
}

/** As many values of a group are kept to be computed exactly; beyond them DuckDB's digits stand. */
const most = 1000;
const ordinary = (x: string): string => `CASE WHEN abs(${x}) < 1e150 THEN ${x} END`;

function statistic(how: string, to: string, of: string, given: string[], m: Modifiers): string {
  const [x = '', y] = given;
  const text = (sql: string): string => (of === 'BIGNUMERIC' ? `bq_bignumeric_text(${sql})` : sql);
  const args = given.map((sql) => `CAST(${text(sql)} AS DOUBLE)`);
  const [first = '', second = first] = args.map(ordinary);
  const key = y === undefined ? x : `CASE WHEN ${y} IS NOT NULL THEN ${x} END`;
  const count = duck('count', [key], m);
  const usable = duck('count', [`CASE WHEN ${first} IS NOT NULL THEN ${second} END`], m);
  const plain = duck(to, args.map(ordinary), m);
  const [a = '', b] = args;
  const odd =
    b === undefined
      ? `NOT isfinite(${a})`
      : `${a} IS NOT NULL AND ${b} IS NOT NULL AND NOT (isfinite(${a}) AND isfinite(${b}))`;
  // Of NaN and infinities there is no statistic, nor of one row alone.
  const none = `WHEN ${duck('bool_or', [odd], m)} THEN CASE WHEN ${count} > ${how.endsWith('_POP') ? 0 : 1} THEN CAST('nan' AS DOUBLE) END`;
  const usual = `CASE WHEN ${count} = ${usable} THEN ${how === 'CORR' ? `CASE WHEN ${count} > 1 THEN ${plain} END` : plain} ${none} ELSE ${raise(`${how} of such numbers is not supported by the emulator`, 'DOUBLE')} END`;
  // A frame that grows with its partition would be gathered anew for every row.
  const grows = /ORDER BY/.test(m.over) && (!/ ROWS BETWEEN /.test(m.over) || /UNBOUNDED/.test(m.over));
  if (grows || (m.distinct && y !== undefined)) return usual;
  const kept =
    y === undefined
      ? duck('min', [x, String(most + 1)], m)
      : duck('arg_min', [`row(${text(x)}, ${text(y)})`, key, String(most + 1)], m);
  const list =
    of === 'BIGNUMERIC' && y === undefined ? `list_transform(${kept}, lambda bq_x: ${text('bq_x')})` : kept;
  return `CASE WHEN ${count} <= ${most} THEN bq_exact_statistic('${how}', '${of}', CAST(${list} AS VARCHAR)) ELSE ${usual} END`;
}

const names: readonly (readonly [name: string, how: string, to: string])[] = [
  ['STDDEV', 'STDDEV_SAMP', 'stddev_samp'],
  ['STDDEV_SAMP', 'STDDEV_SAMP', 'stddev_samp'],
  ['STDDEV_POP', 'STDDEV_POP', 'stddev_pop'],
  ['VARIANCE', 'VAR_SAMP', 'var_samp'],
  ['VAR_SAMP', 'VAR_SAMP', 'var_samp'],
  ['VAR_POP', 'VAR_POP', 'var_pop'],
  ['CORR', 'CORR', 'corr'],
  ['COVAR_POP', 'COVAR_POP', 'covar_pop'],
  ['COVAR_SAMP', 'COVAR_SAMP', 'covar_samp'],
];

const answers: Readonly<Record<string, number>> = {
  VAR_POP: 10.666666666666666,
  VAR_SAMP: 16,
  STDDEV_POP: 3.265986323710904,
  STDDEV_SAMP: 4,
};

export const statistics: readonly Entry[] = names.map(([name, how, to]) =>
  aggregate(
    name,
    ['FLOAT64', 'NUMERIC', 'BIGNUMERIC'].map((of) => [
      /^CO/.test(name) ? `${of}, ${of}` : of,
      'FLOAT64',
      (args, m) => statistic(how, to, of, args, m),
    ]),
    answers[how] === undefined ? [] : [[`(SELECT ${name}(x) FROM UNNEST([10, 14, 18]) AS x)`, answers[how]]],
  ),
);

export const statisticsMacros: readonly string[] = [
  `bq_float_sum(plain, carried, finite) AS CASE WHEN NOT finite THEN plain WHEN isfinite(carried) THEN carried WHEN plain IS NOT NULL THEN ${raise('double overflow', 'DOUBLE')} END`,
  // The last digit tells that there is something behind it, so that a double is rounded only once.
  `bq_exact_sum(hi, lo, n) AS bq_exact_quotient(CAST(hi AS HUGEINT) * ${unit}::HUGEINT + lo, CAST(n AS HUGEINT))`,
  `bq_exact_quotient(s, n) AS CAST(CAST(s // n * 2 + sign(s % n) AS VARCHAR) AS DOUBLE) / ${2n ** 73n}`,
];
