import { type Bound, type Entry, type Example, fn, raise, raiseWith, special } from './entry.ts';
import { intervalSize } from './intervals.ts';

/** The service answers in the argument's own type, except that a rounded INT64 is a FLOAT64. */
const rounding = (
  name: string,
  float: (x: string) => string,
  decimal: (x: string) => string,
  examples: Parameters<typeof fn>[2],
): Entry =>
  fn(
    name,
    [
      ['INT64', 'FLOAT64', (x) => `CAST(${x} AS DOUBLE)`],
      ['NUMERIC', 'NUMERIC', (x = '') => `CAST(${decimal(x)} AS DECIMAL(38,9))`],
      ['FLOAT64', 'FLOAT64', (x = '') => float(x)],
      ...(name === 'TRUNC'
        ? ([
            ['INT64, INT64', 'FLOAT64', (x: string, n: string) => `bq_truncate(CAST(${x} AS DOUBLE), ${n})`],
            ['NUMERIC, INT64', 'NUMERIC', (x: string, n: string) => `bq_numeric_trunc(${x}, ${n})`],
            ['FLOAT64, INT64', 'FLOAT64', (x: string, n: string) => `bq_truncate(${x}, ${n})`],
          ] as unknown as Parameters<typeof fn>[1])
        : []),
      ...(name === 'ROUND'
        ? ([
            ['INT64, INT64', 'FLOAT64', (x: string, n: string) => `bq_round(CAST(${x} AS DOUBLE), ${n})`],
            ['NUMERIC, INT64', 'NUMERIC', (x: string, n: string) => `bq_numeric_round(${x}, ${n})`],
            [
              'NUMERIC, INT64, LITERAL',
              'NUMERIC',
              (x: string, n: string, mode: string) =>
                `bq_numeric_round${mode === "'ROUND_HALF_EVEN'" ? '_even' : mode === "'ROUND_HALF_AWAY_FROM_ZERO'" ? '' : '_unknown'}(${x}, ${n})`,
            ],
            ['FLOAT64, INT64', 'FLOAT64', (x: string, n: string) => `bq_round(${x}, ${n})`],
          ] as unknown as Parameters<typeof fn>[1])
        : []),
    ],
    examples,
  );

const float = (name: string, to: string, examples: readonly Example[], check = ''): Entry => {
  const lower = (x = ''): string =>
    check
      ? `CASE WHEN ${check === '<= 0' ? `${x} = '-inf' THEN CAST('nan' AS DOUBLE) WHEN ` : ''}${x} ${check} THEN ${raiseWith(name === 'SQRT' ? `'Argument to SQRT cannot be negative: ' || bq_float_text(${x})` : `'Floating point error in function: ${name}(' || bq_float_text(${x}) || ')'`, 'DOUBLE')} ELSE ${to}(${x}) END`
      : `${to}(${x})`;
  const numeric = (x = ''): string =>
    name === 'SQRT' ? `bq_numeric_sqrt(${x})` : `bq_numeric_of(${lower(`CAST(${x} AS DOUBLE)`)})`;
  const exact: Parameters<typeof fn>[1] = /^(SIN|COS|TAN)$/.test(name)
    ? []
    : [['NUMERIC', 'NUMERIC', numeric]];
  return fn(
    name,
    [
      ['FLOAT64', 'FLOAT64', lower],
      ...exact,
      ['INT64', 'FLOAT64', (x = '') => lower(`CAST(${x} AS DOUBLE)`)],
    ],
    examples,
  );
};

const whole = (
  name: string,
  lower: (a: string, b: string) => string,
  examples: Parameters<typeof fn>[2],
): Entry =>
  fn(
    name,
    [
      ['INT64, INT64', 'INT64', lower as (...a: string[]) => string],
      ['NUMERIC, NUMERIC', 'NUMERIC', (a, b) => `bq_numeric_${name.toLowerCase()}(${a}, ${b})`],
    ],
    examples,
  );
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

const power = (name: string, examples: readonly Example[]): Entry =>
  fn(
    name,
    [
      ['INT64, INT64', 'FLOAT64', (a, b) => `bq_power(CAST(${a} AS DOUBLE), CAST(${b} AS DOUBLE))`],
      ['NUMERIC, NUMERIC', 'NUMERIC', (a, b) => `bq_numeric_power(${a}, ${b})`],
      ['FLOAT64, FLOAT64', 'FLOAT64', (a, b) => `bq_power(${a}, ${b})`],
    ],
    examples,
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

export const numbers: readonly Entry[] = [
  rounding(
    'ROUND',
    (x) => `round(${x})`,
    (x) => `round(${x}, 0)`,
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
  rounding(
    'TRUNC',
    (x) => `trunc(${x})`,
    (x) => `trunc(${x})`,
    [
      ['TRUNC(1.99)', 1],
      ['TRUNC(1.987, 2)', 1.98],
      ['TRUNC(15, -1)', 10],
      ["TRUNC(NUMERIC '-1.987', 1)", -1.9],
      ["TRUNC(NUMERIC '-1.9')", -1],
    ],
  ),
  rounding(
    'CEIL',
    (x) => `ceil(${x})`,
    (x) => `ceil(${x})`,
    [['CEIL(1.01)', 2]],
  ),
  rounding(
    'CEILING',
    (x) => `ceil(${x})`,
    (x) => `ceil(${x})`,
    [['CEILING(1.01)', 2]],
  ),
  rounding(
    'FLOOR',
    (x) => `floor(${x})`,
    (x) => `floor(${x})`,
    [['FLOOR(-1.5)', -2]],
  ),
  fn(
    'ABS',
    [
      ['INT64', 'INT64', (x) => `abs(${x})`],
      ['NUMERIC', 'NUMERIC', (x) => `abs(${x})`],
      ['FLOAT64', 'FLOAT64', (x) => `abs(${x})`],
    ],
    [['ABS(-3)', 3]],
  ),
  fn(
    'SIGN',
    [
      ['INT64', 'INT64', (x) => `CAST(sign(${x}) AS BIGINT)`],
      ['NUMERIC', 'NUMERIC', (x) => `CAST(sign(${x}) AS DECIMAL(38,9))`],
      ['FLOAT64', 'FLOAT64', (x) => `CASE WHEN isnan(${x}) THEN ${x} ELSE CAST(sign(${x}) AS DOUBLE) END`],
    ],
    [['SIGN(-3)', -1]],
  ),
  whole('DIV', (a, b) => `bq_div(${a}, ${b})`, [
    ['DIV(-7, 2)', -3],
    ['DIV(1, 0)', 'error'],
    ["DIV(NUMERIC '7.5', 2)", 3],
  ]),
  whole('MOD', (a, b) => `bq_mod(${a}, ${b})`, [
    ['MOD(7, 3)', 1],
    ['MOD(-7, 3)', -1],
    ["MOD(NUMERIC '7.5', 2)", 1.5],
  ]),
  fn(
    'SAFE_DIVIDE',
    [
      ['INT64, INT64', 'FLOAT64', (a, b) => `(CAST(${a} AS DOUBLE) / nullif(CAST(${b} AS DOUBLE), 0))`],
      [
        'NUMERIC, NUMERIC',
        'NUMERIC',
        (a, b) => `CASE WHEN ${b} = 0 THEN NULL ELSE bq_numeric_divide(${a}, ${b}) END`,
      ],
      ['FLOAT64, FLOAT64', 'FLOAT64', (a, b) => `TRY(bq_divide(${a}, ${b}))`],
    ],
    [
      ['SAFE_DIVIDE(10, 4)', 2.5],
      ['SAFE_DIVIDE(1, 0)', null],
      ["SAFE_DIVIDE(NUMERIC '1', 3)", 0.333333333],
    ],
  ),
  fn(
    'IEEE_DIVIDE',
    [['FLOAT64, FLOAT64', 'FLOAT64', (a, b) => `(${a} / ${b})`]],
    [['IS_INF(IEEE_DIVIDE(1, 0))', true]],
  ),
  fn('IS_INF', [['FLOAT64', 'BOOL', (x) => `isinf(${x})`]], [['IS_INF(1.0)', false]]),
  fn('IS_NAN', [['FLOAT64', 'BOOL', (x) => `isnan(${x})`]], [['IS_NAN(IEEE_DIVIDE(0, 0))', true]]),
  extremeOf('GREATEST', 'greatest', 3),
  extremeOf('LEAST', 'least', 1),
  float(
    'SQRT',
    'sqrt',
    [
      ['SQRT(9)', 3],
      ['SQRT(-1)', 'error'],
      ['SAFE.SQRT(-1)', null],
    ],
    '< 0',
  ),
  float('EXP', 'bq_exp', [
    ['EXP(0)', 1],
    ['EXP(1000)', 'error'],
  ]),
  float(
    'LN',
    'ln',
    [
      ['LN(1)', 0],
      ['SAFE.LN(-1)', null],
    ],
    '<= 0',
  ),
  float('LOG10', 'log10', [['LOG10(1000)', 3]], '<= 0'),
  float('SIN', 'bq_sin', [['SIN(0)', 0]]),
  float('COS', 'bq_cos', [['COS(0)', 1]]),
  float('TAN', 'bq_tan', [['TAN(0)', 0]]),
  fn(
    'LOG',
    [
      ['FLOAT64', 'FLOAT64', (x) => `bq_logarithm(${x})`],
      ['NUMERIC', 'NUMERIC', (x) => `bq_numeric_of(bq_logarithm(CAST(${x} AS DOUBLE)))`],
      ['FLOAT64, FLOAT64', 'FLOAT64', (x, b) => `bq_divide(bq_logarithm(${x}), bq_logarithm(${b}))`],
      [
        'NUMERIC, NUMERIC',
        'NUMERIC',
        (x, b) =>
          `bq_numeric_of(bq_divide(bq_logarithm(CAST(${x} AS DOUBLE)), bq_logarithm(CAST(${b} AS DOUBLE))))`,
      ],
      [
        'INT64, INT64',
        'FLOAT64',
        (x, b) => `bq_divide(bq_logarithm(CAST(${x} AS DOUBLE)), bq_logarithm(CAST(${b} AS DOUBLE)))`,
      ],
      ['INT64', 'FLOAT64', (x) => `bq_logarithm(CAST(${x} AS DOUBLE))`],
    ],
    [['ROUND(LOG(100, 10), 9)', 2]],
  ),
  power('POW', [
    ['POW(2, 10)', 1024],
    ["POW(NUMERIC '1.5', 2)", 2.25],
    ['POW(-1, 0.5)', 'error'],
  ]),
  power('POWER', [['POWER(2, 3)', 8]]),
  fn('RAND', [['', 'FLOAT64', () => 'random()']], [['RAND() < 1', true]]),
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
    ],
  ),
  fn(
    'ARRAY_LENGTH',
    [['ARRAY<T>', 'INT64', (a) => `len(${a})`]],
    [
      ['ARRAY_LENGTH([1, 2])', 2],
      ['ARRAY_LENGTH([])', 0],
    ],
  ),
  fn(
    'ARRAY_CONCAT',
    [['ARRAY<T>, ARRAY<T>*', 'ARRAY<T>', (...all) => `(${all.join(' || ')})`]],
    [['ARRAY_CONCAT([1], [2], [3])', [1, 2, 3]]],
  ),
  fn(
    'ARRAY_REVERSE',
    [['ARRAY<T>', 'ARRAY<T>', (a) => `list_reverse(${a})`]],
    [['ARRAY_REVERSE([1, 2])', [2, 1]]],
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
  "bq_parse_numeric(s) AS bq_to_numeric(replace(regexp_replace(regexp_replace(s, '^([+-]) +', '\\1'), '^([^+-]*[^+ -]) *([+-])$', '\\2\\1'), CASE WHEN regexp_matches(s, '\\..*,') THEN '' ELSE ',' END, ''))",
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
  `bq_logarithm(x) AS CASE WHEN x = '-inf' THEN CAST('nan' AS DOUBLE) WHEN x <= 0 THEN ${raiseWith("'Floating point error in function: LOG(' || bq_float_text(x) || ')'", 'DOUBLE')} ELSE ln(x) END`,
  'bq_numeric_trunc(x, n) AS CASE WHEN n >= 9 THEN x WHEN n < -29 THEN 0 ELSE bq_scaled((bq_unscaled(x) // CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END',
  `bq_series(a, b, step) AS CASE WHEN step = 0 THEN [${raise('Sequence step cannot be 0.', 'BIGINT')}] ELSE generate_series(a, b, CASE WHEN step = 0 THEN 1 ELSE step END) END`,
  `bq_numeric_round_unknown(x, n) AS ${raise('Could not cast literal to type ROUNDING_MODE', 'DECIMAL(38,9)')}`,
  'bq_numeric_round_even(x, n) AS CASE WHEN n >= 9 THEN x WHEN n < -29 THEN 0 ELSE bq_scaled(bq_round_even(bq_unscaled(x), CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END',
  'bq_round_even(u, d) AS CASE WHEN abs(u % d) * 2 = d AND (u // d) % 2 = 0 THEN u // d ELSE bq_round_divide(u, d) END',
  // DuckDB wants a constant number of places; the unscaled integer is rounded instead.
  'bq_numeric_round(x, n) AS CASE WHEN n >= 9 THEN x WHEN n < -29 THEN 0 ELSE bq_scaled(bq_round_divide(bq_unscaled(x), CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END',
];
