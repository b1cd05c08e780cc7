import { type Entry, type Example, fn, raise, special } from './entry.ts';

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
      ...(name === 'ROUND'
        ? ([
            [
              'INT64, INT64',
              'FLOAT64',
              (x: string, n: string) => `round(CAST(${x} AS DOUBLE), CAST(${n} AS INTEGER))`,
            ],
            ['NUMERIC, INT64', 'NUMERIC', (x: string, n: string) => `bq_numeric_round(${x}, ${n})`],
            ['FLOAT64, INT64', 'FLOAT64', (x: string, n: string) => `round(${x}, CAST(${n} AS INTEGER))`],
          ] as unknown as Parameters<typeof fn>[1])
        : []),
    ],
    examples,
  );

const float = (name: string, to: string, examples: readonly Example[], check = ''): Entry => {
  const lower = (x = ''): string =>
    check
      ? `CASE WHEN ${x} ${check} THEN ${raise(`${name} is undefined for this argument`, 'DOUBLE')} ELSE ${to}(${x}) END`
      : `${to}(${x})`;
  return fn(name, [['FLOAT64', 'FLOAT64', lower]], examples);
};

const whole = (
  name: string,
  lower: (a: string, b: string) => string,
  examples: Parameters<typeof fn>[2],
): Entry => fn(name, [['INT64, INT64', 'INT64', lower as (...a: string[]) => string]], examples);
const extremeOf = (name: string, to: string, answer: number): Entry =>
  special(
    name,
    [
      [
        'T, T*',
        'T',
        (all) =>
          `CASE WHEN ${all.map((x) => `${x} IS NULL`).join(' OR ')} THEN NULL ELSE ${to}(${all.join(', ')}) END`,
      ],
    ],
    [
      [`${name}(1, 3, 2)`, answer],
      [`${name}(1, NULL)`, null],
    ],
  );

export const numbers: readonly Entry[] = [
  rounding(
    'ROUND',
    (x) => `round(${x})`,
    (x) => `round(${x}, 0)`,
    [
      ['ROUND(2.5)', 3],
      ['ROUND(-2.5)', -3],
      ["ROUND(NUMERIC '1.005', 2)", 1.01],
      ["ROUND(NUMERIC '1.235', 1)", 1.2],
    ],
  ),
  rounding(
    'TRUNC',
    (x) => `trunc(${x})`,
    (x) => `trunc(${x})`,
    [
      ['TRUNC(1.99)', 1],
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
      ['FLOAT64', 'FLOAT64', (x) => `CAST(sign(${x}) AS DOUBLE)`],
    ],
    [['SIGN(-3)', -1]],
  ),
  whole('DIV', (a, b) => `bq_div(${a}, ${b})`, [
    ['DIV(-7, 2)', -3],
    ['DIV(1, 0)', 'error'],
  ]),
  whole('MOD', (a, b) => `bq_mod(${a}, ${b})`, [
    ['MOD(7, 3)', 1],
    ['MOD(-7, 3)', -1],
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
      ['FLOAT64, FLOAT64', 'FLOAT64', (a, b) => `(${a} / nullif(${b}, 0))`],
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
  float('EXP', 'exp', [['EXP(0)', 1]]),
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
  float('SIN', 'sin', [['SIN(0)', 0]]),
  float('COS', 'cos', [['COS(0)', 1]]),
  float('TAN', 'tan', [['TAN(0)', 0]]),
  fn(
    'LOG',
    [
      ['FLOAT64', 'FLOAT64', (x) => `ln(${x})`],
      ['FLOAT64, FLOAT64', 'FLOAT64', (x, b) => `(ln(${x}) / ln(${b}))`],
    ],
    [['ROUND(LOG(100, 10), 9)', 2]],
  ),
  fn('POW', [['FLOAT64, FLOAT64', 'FLOAT64', (a, b) => `pow(${a}, ${b})`]], [['POW(2, 10)', 1024]]),
  fn('POWER', [['FLOAT64, FLOAT64', 'FLOAT64', (a, b) => `pow(${a}, ${b})`]], [['POWER(2, 3)', 8]]),
  fn('RAND', [['', 'FLOAT64', () => 'random()']], [['RAND() < 1', true]]),
  fn(
    'GENERATE_ARRAY',
    [['INT64, INT64, INT64?', 'ARRAY<INT64>', (a, b, step = '1') => `generate_series(${a}, ${b}, ${step})`]],
    [
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
  fn(
    'ARRAY_TO_STRING',
    [
      [
        'ARRAY<STRING>, STRING',
        'STRING',
        (a, s) => `array_to_string(list_filter(${a}, lambda bq_x: bq_x IS NOT NULL), ${s})`,
      ],
    ],
    [
      ["ARRAY_TO_STRING(['a', 'b'], '+')", 'a+b'],
      ["ARRAY_TO_STRING(CAST([] AS ARRAY<STRING>), '+')", ''],
    ],
  ),
];

export const numberMacros: readonly string[] = [
  `bq_div(a, b) AS CASE WHEN b = 0 THEN ${raise('division by zero', 'BIGINT')} ELSE a // b END`,
  `bq_mod(a, b) AS CASE WHEN b = 0 THEN ${raise('division by zero', 'BIGINT')} ELSE a % b END`,
  // DuckDB wants a constant number of places; the unscaled integer is rounded instead.
  'bq_numeric_round(x, n) AS CASE WHEN n >= 9 THEN x ELSE bq_scaled(bq_round_divide(bq_unscaled(x), CAST(pow(10, 9 - n) AS HUGEINT)) * CAST(pow(10, 9 - n) AS HUGEINT)) END',
];
