import { type Bound, type Entry, fn, raise, raiseWith, special } from './entry.ts';
import { intervalSize } from './intervals.ts';
import { catalogue } from './notation.ts';

const extremeOf = (name: string, to: string, answer: number): Entry =>
  special(
    name,
    [
      [
        'T, T*',
        'T',
        (all, { variables }) => {
          const sign = to === 'greatest' ? '>' : '<';
          const best =
            variables.get('T')?.kind === 'INTERVAL'
              ? `list_reduce([${all.join(', ')}], lambda bq_p, bq_q: CASE WHEN ${intervalSize('bq_q')} ${sign} ${intervalSize('bq_p')} THEN bq_q ELSE bq_p END)`
              : `${to}(${all.join(', ')})`;
          return `CASE WHEN ${all.map((x) => `${x} IS NULL`).join(' OR ')} THEN NULL ${variables.get('T')?.kind === 'FLOAT64' ? `WHEN ${all.map((x) => `isnan(${x})`).join(' OR ')} THEN CAST('nan' AS DOUBLE) ` : ''}ELSE ${best} END`;
        },
      ],
    ],
    [
      [`${name}(1, 3, 2)`, answer],
      [`${name}(1, NULL)`, null],
    ],
  );

/** DuckDB's own function wants a separator that is the same for all rows. */
function joined(list: string, separator: string, bound: Bound): string {
  return typeof bound.args[1]?.literal === 'object'
    ? `array_to_string(${list}, ${separator})`
    : `bq_joined(${list}, ${separator})`;
}

/** a, a + step, …; a lambda takes no sub-query, so what it needs is handed to it. */
const progression = (a = '', step = '', steps: string, type: string): string =>
  `list_transform([struct_pack(a := ${a}, step := ${step}, n := CAST(${steps} AS BIGINT))], lambda bq_p: list_transform(bq_series(CAST(0 AS BIGINT), bq_p.n, 1), lambda bq_i: CAST(bq_p.a + bq_i * bq_p.step AS ${type})))[1]`;

/** DuckDB rounds a decimal by itself, and fast, where it knows the places beforehand. */
const roundNumeric = (x = '', n = ''): string => {
  const places = /^CAST\((\d) AS BIGINT\)$/.exec(n)?.[1];
  return places === undefined
    ? `bq_numeric_round(${x}, ${n})`
    : `CAST(round(${x}, ${places}) AS DECIMAL(38,9))`;
};

export const numbers: readonly Entry[] = [
  // The service answers in the argument's own type, except that a rounded INT64 is a FLOAT64.
  fn(
    'ROUND',
    [
      ['INT64', 'FLOAT64', (x) => `CAST(${x} AS DOUBLE)`],
      ['NUMERIC', 'NUMERIC', (x) => `CAST(round(${x}, 0) AS DECIMAL(38,9))`],
      ['FLOAT64', 'FLOAT64', (x) => `round(${x})`],
      ['INT64, INT64', 'FLOAT64', (x, n) => `bq_round(CAST(${x} AS DOUBLE), ${n})`],
      ['NUMERIC, INT64', 'NUMERIC', roundNumeric],
      [
        'NUMERIC, INT64, LITERAL',
        'NUMERIC',
        (x = '', n = '', mode) =>
          `CASE ${mode} WHEN 'ROUND_HALF_EVEN' THEN bq_numeric_round_even(${x}, ${n}) WHEN 'ROUND_HALF_AWAY_FROM_ZERO' THEN ${roundNumeric(x, n)} ELSE ${raise('Could not cast literal to type ROUNDING_MODE', 'DECIMAL(38,9)')} END`,
      ],
      ['FLOAT64, INT64', 'FLOAT64', (x, n) => `bq_round(${x}, ${n})`],
    ],
    [
      ['ROUND(2.5)', 3],
      ['ROUND(-2.5)', -3],
      ['ROUND(2.675, 2)', 2.67],
      ['ROUND(1234.567, -2)', 1200],
      ['ROUND(15, -1)', 20],
      ['ROUND(-0.125, 2)', -0.13],
      ["ROUND(NUMERIC '1.005', 2)", 1.01],
      ["ROUND(NUMERIC '1.235', 1)", 1.2],
      ["ROUND(NUMERIC '2.5', 0, 'ROUND_HALF_EVEN')", 2],
      ["ROUND(NUMERIC '-3.5', 0, 'ROUND_HALF_EVEN')", -4],
    ],
  ),
  ...catalogue(`
TRUNC(INT64) FLOAT64 = CAST($1 AS DOUBLE)
TRUNC(NUMERIC) NUMERIC = CAST(trunc($1) AS DECIMAL(38,9))
TRUNC(FLOAT64) FLOAT64 = trunc($1)
TRUNC(INT64, INT64) FLOAT64 = bq_truncate(CAST($1 AS DOUBLE), $2)
TRUNC(NUMERIC, INT64) NUMERIC = bq_numeric_trunc($1, $2)
TRUNC(FLOAT64, INT64) FLOAT64 = bq_truncate($1, $2)
  TRUNC(1.99) => 1
  TRUNC(1.987, 2) => 1.98
  TRUNC(15, -1) => 10
  TRUNC(NUMERIC '-1.987', 1) => -1.9
  TRUNC(NUMERIC '-1.9') => -1
CEIL(INT64) FLOAT64 = CAST($1 AS DOUBLE)
CEIL(NUMERIC) NUMERIC = CAST(ceil($1) AS DECIMAL(38,9))
CEIL(FLOAT64) FLOAT64 = ceil($1)
  CEIL(1.01) => 2
alias CEILING CEIL
  CEILING(1.01) => 2
FLOOR(INT64) FLOAT64 = CAST($1 AS DOUBLE)
FLOOR(NUMERIC) NUMERIC = CAST(floor($1) AS DECIMAL(38,9))
FLOOR(FLOAT64) FLOAT64 = floor($1)
  FLOOR(-1.5) => -2
ABS(INT64) INT64 = abs($1)
ABS(NUMERIC) NUMERIC = abs($1)
ABS(FLOAT64) FLOAT64 = abs($1)
  ABS(-3) => 3
SIGN(INT64) INT64 = CAST(sign($1) AS BIGINT)
SIGN(NUMERIC) NUMERIC = CAST(sign($1) AS DECIMAL(38,9))
SIGN(FLOAT64) FLOAT64 = CASE WHEN isnan($1) THEN $1 ELSE CAST(sign($1) AS DOUBLE) END
  SIGN(-3) => -1
DIV(INT64, INT64) INT64 = bq_div($1, $2)
DIV(NUMERIC, NUMERIC) NUMERIC = bq_numeric_div($1, $2)
  DIV(-7, 2) => -3
  DIV(1, 0) => error
  DIV(NUMERIC '7.5', 2) => 3
MOD(INT64, INT64) INT64 = bq_mod($1, $2)
MOD(NUMERIC, NUMERIC) NUMERIC = bq_numeric_mod($1, $2)
  MOD(7, 3) => 1
  MOD(-7, 3) => -1
  MOD(NUMERIC '7.5', 2) => 1.5
SAFE_DIVIDE(INT64, INT64) FLOAT64 = (CAST($1 AS DOUBLE) / nullif(CAST($2 AS DOUBLE), 0))
SAFE_DIVIDE(NUMERIC, NUMERIC) NUMERIC = CASE WHEN $2 = 0 THEN NULL ELSE bq_numeric_divide($1, $2) END
SAFE_DIVIDE(FLOAT64, FLOAT64) FLOAT64 = TRY(bq_divide($1, $2))
  SAFE_DIVIDE(10, 4) => 2.5
  SAFE_DIVIDE(1, 0) => null
  SAFE_DIVIDE(NUMERIC '1', 3) => 0.333333333
IEEE_DIVIDE(FLOAT64, FLOAT64) FLOAT64 = ($1 / $2)
  IS_INF(IEEE_DIVIDE(1, 0)) => true
IS_INF(FLOAT64) BOOL = isinf($1)
  IS_INF(1.0) => false
IS_NAN(FLOAT64) BOOL = isnan($1)
  IS_NAN(IEEE_DIVIDE(0, 0)) => true
SQRT(FLOAT64) FLOAT64 = bq_sqrt($1)
SQRT(NUMERIC) NUMERIC = bq_numeric_sqrt($1)
SQRT(INT64) FLOAT64 = bq_sqrt(CAST($1 AS DOUBLE))
  SQRT(9) => 3
  SQRT(-1) => error
  SAFE.SQRT(-1) => null
EXP(FLOAT64) FLOAT64 = bq_exp($1)
EXP(NUMERIC) NUMERIC = bq_numeric_of(bq_exp(CAST($1 AS DOUBLE)))
EXP(INT64) FLOAT64 = bq_exp(CAST($1 AS DOUBLE))
  EXP(0) => 1
  EXP(1000) => error
LN(FLOAT64) FLOAT64 = ln(bq_positive($1, 'LN'))
LN(NUMERIC) NUMERIC = bq_numeric_of(ln(bq_positive(CAST($1 AS DOUBLE), 'LN')))
LN(INT64) FLOAT64 = ln(bq_positive(CAST($1 AS DOUBLE), 'LN'))
  LN(1) => 0
  SAFE.LN(-1) => null
LOG10(FLOAT64) FLOAT64 = log10(bq_positive($1, 'LOG10'))
LOG10(NUMERIC) NUMERIC = bq_numeric_of(log10(bq_positive(CAST($1 AS DOUBLE), 'LOG10')))
LOG10(INT64) FLOAT64 = log10(bq_positive(CAST($1 AS DOUBLE), 'LOG10'))
  LOG10(1000) => 3
SIN(FLOAT64) FLOAT64 = bq_sin($1)
SIN(INT64) FLOAT64 = bq_sin(CAST($1 AS DOUBLE))
  SIN(0) => 0
COS(FLOAT64) FLOAT64 = bq_cos($1)
COS(INT64) FLOAT64 = bq_cos(CAST($1 AS DOUBLE))
  COS(0) => 1
TAN(FLOAT64) FLOAT64 = bq_tan($1)
TAN(INT64) FLOAT64 = bq_tan(CAST($1 AS DOUBLE))
  TAN(0) => 0
LOG(FLOAT64) FLOAT64 = bq_logarithm($1)
LOG(NUMERIC) NUMERIC = bq_numeric_of(bq_logarithm(CAST($1 AS DOUBLE)))
LOG(FLOAT64, FLOAT64) FLOAT64 = bq_logarithm_to($1, $2)
LOG(NUMERIC, NUMERIC) NUMERIC = bq_numeric_of(bq_logarithm_to(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE)))
LOG(INT64, INT64) FLOAT64 = bq_logarithm_to(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))
LOG(INT64) FLOAT64 = bq_logarithm(CAST($1 AS DOUBLE))
  ROUND(LOG(100, 10), 9) => 2
POW(INT64, INT64) FLOAT64 = bq_power(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))
POW(NUMERIC, NUMERIC) NUMERIC = bq_numeric_power($1, $2)
POW(FLOAT64, FLOAT64) FLOAT64 = bq_power($1, $2)
  POW(2, 10) => 1024
  POW(NUMERIC '1.5', 2) => 2.25
  POW(-1, 0.5) => error
alias POWER POW
  POWER(2, 3) => 8
ARRAY_LENGTH(ARRAY<T>) INT64 = len($1)
  ARRAY_LENGTH([1, 2]) => 2
  ARRAY_LENGTH([]) => 0
ARRAY_REVERSE(ARRAY<T>) ARRAY<T> = list_reverse($1)
  ARRAY_REVERSE([1, 2]) => [2,1]
`),
  // DuckDB computes equal aggregates once, and what each call draws is its own: too little to add tells them apart.
  special('RAND', [['', 'FLOAT64', (_, { at }) => `(random() + ${at}e-300)`]], [['RAND() < 1', true]]),
  extremeOf('GREATEST', 'greatest', 3),
  extremeOf('LEAST', 'least', 1),
  fn(
    'GENERATE_ARRAY',
    [
      ['INT64, INT64, INT64?', 'ARRAY<INT64>', (a, b, step = '1') => `bq_series(${a}, ${b}, ${step})`],
      [
        'NUMERIC, NUMERIC, NUMERIC?',
        'ARRAY<NUMERIC>',
        (a, b, step = '1') => progression(a, step, `trunc((${b} - ${a}) / ${step})`, 'DECIMAL(38,9)'),
      ],
      [
        'FLOAT64, FLOAT64, FLOAT64?',
        'ARRAY<FLOAT64>',
        (a, b, step = '1') => progression(a, step, `floor((${b} - ${a}) / ${step})`, 'DOUBLE'),
      ],
    ],
    [
      ['GENERATE_ARRAY(10, 0, -3)', [10, 7, 4, 1]],
      ['GENERATE_ARRAY(0, 1, 0.5)', [0, 0.5, 1]],
      ['GENERATE_ARRAY(4, 4, 10)', [4]],
      ['GENERATE_ARRAY(1, 5, 0)', 'error'],
      ['GENERATE_ARRAY(1, NULL)', []],
      ['GENERATE_ARRAY(1, 5, 2)', [1, 3, 5]],
      ['GENERATE_ARRAY(3, 1)', []],
      ['ARRAY_LENGTH(GENERATE_ARRAY(1048575, 1, -1))', 1048575],
      ['GENERATE_ARRAY(1, 100000000)', 'error'],
    ],
  ),
  fn(
    'ARRAY_CONCAT',
    [['ARRAY<T>, ARRAY<T>*', 'ARRAY<T>', (...all) => `(${all.join(' || ')})`]],
    [['ARRAY_CONCAT([1], [2], [3])', [1, 2, 3]]],
  ),
  special(
    'ARRAY_TO_STRING',
    [
      [
        'ARRAY<STRING>, STRING',
        'STRING',
        ([a, s = ''], b) => joined(`list_filter(${a}, lambda bq_x: bq_x IS NOT NULL)`, s, b),
      ],
      [
        'ARRAY<STRING>, STRING, STRING',
        'STRING',
        ([a, s = '', n], b) =>
          joined(
            `list_transform([struct_pack(l := ${a}, n := ${n})], lambda bq_p: list_transform(CASE WHEN bq_p.n IS NOT NULL THEN bq_p.l END, lambda bq_x: coalesce(bq_x, bq_p.n)))[1]`,
            s,
            b,
          ),
      ],
    ],
    [
      ["ARRAY_TO_STRING(['a', 'b'], '+')", 'a+b'],
      ["ARRAY_TO_STRING(['a', NULL, 'b'], '+')", 'a+b'],
      ["ARRAY_TO_STRING(['a', NULL], '+', '?')", 'a+?'],
      ["(SELECT ARRAY_TO_STRING(['a', 'b'], s) FROM UNNEST(['-']) AS s)", 'a-b'],
      ["ARRAY_TO_STRING(CAST([] AS ARRAY<STRING>), '+')", ''],
    ],
  ),
];

export const numberMacros: readonly string[] = [
  `bq_same_length(a, b) AS CASE WHEN len(a) = len(b) THEN true WHEN len(a) + len(b) IS NOT NULL THEN ${raiseWith("'Array length mismatch: ' || len(a) || ' and ' || len(b)", 'BOOLEAN')} END`,
  "bq_joined(l, s) AS CASE WHEN s IS NULL THEN NULL WHEN len(l) = 0 THEN '' ELSE list_transform([struct_pack(l := l, s := s)], lambda bq_p: list_reduce(bq_p.l, lambda bq_a, bq_b: bq_a || bq_p.s || bq_b))[1] END",
  // A sign may stand apart or behind, and commas before the point.
  "bq_parse_numeric(s) AS bq_to_numeric(replace(regexp_replace(regexp_replace(s, '^([+-]) +', '\\1'), '^([^+-](?:[eE][+-]|[^+-])*?) *([+-])$', '\\2\\1'), CASE WHEN regexp_matches(s, '\\..*,') THEN '' ELSE ',' END, ''))",
  `bq_exp(x) AS CASE WHEN isinf(exp(x)) AND NOT isinf(x) THEN ${raiseWith("'Floating point error in function: EXP(' || bq_float_text(x) || ')'", 'DOUBLE')} ELSE exp(x) END`,
  ...['sin', 'cos', 'tan'].map(
    (f) => `bq_${f}(x) AS CASE WHEN isinf(x) THEN CAST('nan' AS DOUBLE) ELSE ${f}(x) END`,
  ),
  `bq_power(a, b) AS CASE WHEN isfinite(a) AND isfinite(b) AND (a < 0 AND b != trunc(b) OR a = 0 AND b < 0) THEN ${raiseWith("'Floating point error in function: POW(' || bq_float_text(a) || ', ' || bq_float_text(b) || ')'", 'DOUBLE')} ELSE bq_finite(pow(a, b), a, b) END`,
  // Sixteen digits are what a double has: beyond a million the ninth place would be made up.
  `bq_numeric_of(x) AS CASE WHEN abs(x) < 1e6 THEN CAST(round(x, 9) AS DECIMAL(38,9)) WHEN x = trunc(x) AND abs(x) < 1e15 THEN CAST(x AS DECIMAL(38,9)) ELSE ${raise('A NUMERIC result of this size is not supported by the emulator', 'DECIMAL(38,9)')} END`,
  "bq_numeric_power(a, b) AS CASE WHEN b = trunc(b) AND abs(b) < 1000 AND (a != 0 OR b >= 0) THEN bq_exact('power', a, b) ELSE bq_numeric_of(bq_power(CAST(a AS DOUBLE), CAST(b AS DOUBLE))) END",
  `bq_numeric_sqrt(x) AS CASE WHEN x < 0 THEN ${raiseWith("'Argument to SQRT cannot be negative: ' || bq_numeric_text(x)", 'DECIMAL(38,9)')} ELSE bq_exact('sqrt', x, 0) END`,
  `bq_numeric_div(a, b) AS CASE WHEN b = 0 THEN ${raiseWith("'division by zero: ' || bq_numeric_text(a) || ' / ' || bq_numeric_text(b)", 'DECIMAL(38,9)')} WHEN bq_wide(a, b) THEN bq_exact('div', a, b) ELSE CAST(bq_unscaled(a) // bq_unscaled(b) AS DECIMAL(38,9)) END`,
  `bq_numeric_mod(a, b) AS CASE WHEN b = 0 THEN ${raiseWith("'division by zero: MOD(' || bq_numeric_text(a) || ', ' || bq_numeric_text(b) || ')'", 'DECIMAL(38,9)')} WHEN bq_wide(a, b) THEN bq_exact('mod', a, b) ELSE bq_scaled(bq_unscaled(a) % bq_unscaled(b)) END`,
  `bq_div(a, b) AS CASE WHEN b = 0 THEN ${raiseWith("'division by zero: ' || a || ' / ' || b", 'BIGINT')} ELSE a // b END`,
  `bq_mod(a, b) AS CASE WHEN b = 0 THEN ${raiseWith("'division by zero: MOD(' || a || ', ' || b || ')'", 'BIGINT')} WHEN b = -1 THEN a * 0 ELSE a % b END`,
  `bq_sqrt(x) AS CASE WHEN x < 0 THEN ${raiseWith("'Argument to SQRT cannot be negative: ' || bq_float_text(x)", 'DOUBLE')} ELSE sqrt(x) END`,
  `bq_positive(x, f) AS CASE WHEN x = '-inf' THEN CAST('nan' AS DOUBLE) WHEN x <= 0 THEN ${raiseWith("'Floating point error in function: ' || f || '(' || bq_float_text(x) || ')'", 'DOUBLE')} ELSE x END`,
  // What has no logarithm has none to the base 1 either, to which all others are refused; to infinity nothing has one.
  "bq_logarithm_to(x, base) AS CASE WHEN x IS NOT NULL AND base IS NOT NULL AND (isnan(bq_logarithm(x)) OR base = CAST('inf' AS DOUBLE)) THEN CAST('nan' AS DOUBLE) ELSE list_transform([struct_pack(a := bq_logarithm(x), b := bq_logarithm(base))], lambda bq_p: bq_divide(struct_extract(bq_p, 'a'), struct_extract(bq_p, 'b')))[1] END",
  "bq_logarithm(x) AS ln(bq_positive(x, 'LOG'))",
  "bq_numeric_trunc(x, n) AS CASE WHEN n >= 9 OR x IS NULL THEN x WHEN n < -29 THEN 0 WHEN bq_wide(x, 0) THEN bq_exact('trunc', x, n) ELSE bq_scaled((bq_unscaled(x) // CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END",
  `bq_series(a, b, step) AS CASE WHEN step = 0 THEN [${raise('Sequence step cannot be 0.', 'BIGINT')}] WHEN (b::HUGEINT - a) // CASE WHEN step = 0 THEN 1 ELSE step END >= 1048575 THEN [${raise('GENERATE_ARRAY produced too many elements', 'BIGINT')}] ELSE generate_series(a, b, CASE WHEN step = 0 THEN 1 ELSE step END) END`,
  "bq_numeric_round_even(x, n) AS CASE WHEN n >= 9 OR x IS NULL THEN x WHEN n < -29 THEN 0 WHEN bq_wide(x, 0) THEN bq_exact('round_even', x, n) ELSE bq_scaled(bq_round_even(bq_unscaled(x), CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END",
  'bq_round_even(u, d) AS CASE WHEN abs(u % d) * 2 = d AND (u // d) % 2 = 0 THEN u // d ELSE bq_round_divide(u, d) END',
  // DuckDB wants a constant number of places; the unscaled integer is rounded instead.
  "bq_numeric_round(x, n) AS CASE WHEN n >= 9 OR x IS NULL THEN x WHEN n < -29 THEN 0 WHEN bq_wide(x, 0) THEN bq_exact('round', x, n) ELSE bq_scaled(bq_round_divide(bq_unscaled(x), CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END",
];
