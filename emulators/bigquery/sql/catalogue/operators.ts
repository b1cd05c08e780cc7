import { hasKey } from '../collations.ts';
import { SqlError } from '../sql-error.ts';
import { typeName } from '../types.ts';
import { joinedAsTexts } from './conversions.ts';
import { type Entry, raise, raiseWith, special } from './entry.ts';
import { equality } from './equality.ts';
import { intervalSize } from './intervals.ts';
import { catalogue } from './notation.ts';

const arithmetic = (
  name: string,
  symbol: string,
  more: Parameters<typeof special>[1],
  examples: Parameters<typeof special>[2],
): Entry =>
  special(
    name,
    [
      ['INT64, INT64', 'INT64', ([a, b]) => `(${a} ${symbol} ${b})`],
      [
        'NUMERIC, NUMERIC',
        'NUMERIC',
        ([a, b]) =>
          symbol === '*' ? `bq_numeric_multiply(${a}, ${b})` : `CAST(${a} ${symbol} ${b} AS DECIMAL(38,9))`,
      ],
      ['FLOAT64, FLOAT64', 'FLOAT64', ([a, b]) => `bq_finite(${a} ${symbol} ${b}, ${a}, ${b})`],
      ...more,
    ],
    examples,
  );

/** A date or time moved by an INTERVAL; a DATE becomes a DATETIME, as there may be hours in it. */
const moved = (sign: '' | '-'): Parameters<typeof special>[1] => [
  ['DATE, INTERVAL', 'DATETIME', ([d, i]) => `bq_datetime_moved(CAST(${d} AS TIMESTAMP), ${sign}${i})`],
  ['DATETIME, INTERVAL', 'DATETIME', ([t, i]) => `bq_datetime_moved(${t}, ${sign}${i})`],
  ['TIMESTAMP, INTERVAL', 'TIMESTAMP', ([t, i]) => `bq_timestamp_moved(${t}, ${sign}${i})`],
];

/** `INTERVAL n PART + x`. */
const movedBehind: Parameters<typeof special>[1] = moved('').map(([list, gives, lower]) => [
  list.split(', ').reverse().join(', '),
  gives,
  (args, bound) => lower([...args].reverse(), bound),
]);

/** DuckDB calls NaN equal to itself and larger than all; for BigQuery every comparison with it is false. */
const comparison = (name: string, symbol: string, notNan: string): Entry =>
  special(name, [
    [
      'FLOAT64, FLOAT64',
      'BOOL',
      ([a = '', b = ''], { args }) => {
        const written = (i: number): boolean => typeof args[i]?.literal === 'object';
        const checks = [a, b].map((sql, i) => {
          if (!notNan.includes(i === 0 ? 'a' : 'b') || written(i)) return '';
          const other = i === 0 ? b : a;
          if (name === '$not_equal')
            return ` OR (isnan(${sql})${written(1 - i) ? '' : ` AND ${other} IS NOT NULL`})`;
          return ` AND (NOT isnan(${sql})${written(1 - i) ? '' : ` OR ${other} IS NULL`})`;
        });
        return `(${a} ${symbol} ${b}${checks.join('')})`;
      },
    ],
    [
      'T, T',
      'BOOL',
      ([a = '', b = ''], { args, at }) => {
        const [left, right] = args;
        if (left?.type.kind === 'INTERVAL') return `(${intervalSize(a)} ${symbol} ${intervalSize(b)})`;
        if (!left || !right || !/^(STRUCT|ARRAY|JSON)$/.test(left.type.kind)) return `(${a} ${symbol} ${b})`;
        if (!/equal$/.test(name) || /_or_/.test(name))
          throw new SqlError(`${symbol} is not defined for arguments of type ${typeName(left.type)}`, at);
        return name === '$equal' ? equality(left, right, at) : `(NOT ${equality(left, right, at)})`;
      },
    ],
  ]);

const plain = catalogue(`
$divide(INT64, INT64) FLOAT64 = bq_divide(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))
$divide(NUMERIC, NUMERIC) NUMERIC = bq_numeric_divide($1, $2)
$divide(INTERVAL, INT64) INTERVAL = bq_interval_changed('divide', $1, $2)
$divide(FLOAT64, FLOAT64) FLOAT64 = bq_divide($1, $2)
  7 / 2 => 3.5
  NUMERIC '10' / 3 => 3.333333333
  NUMERIC '2' / NUMERIC '3' => 0.666666667
  NUMERIC '-2' / 3 => -0.666666667
  1 / 0 => error
  NUMERIC '1' / 0 => error
$negate(INT64) INT64 = (-$1)
$negate(NUMERIC) NUMERIC = (-$1)
$negate(FLOAT64) FLOAT64 = (-$1)
$negate(INTERVAL) INTERVAL = (-$1)
  -(3) => -3
$between(FLOAT64, FLOAT64, FLOAT64) BOOL = ($1 >= $2 AND (NOT isnan($1) OR $2 IS NULL) AND $1 <= $3 AND (NOT isnan($3) OR $1 IS NULL))
$between(INTERVAL, INTERVAL, INTERVAL) BOOL = (bq_interval_size($1) BETWEEN bq_interval_size($2) AND bq_interval_size($3))
$between(T, T, T) BOOL = ($1 BETWEEN $2 AND $3)
  2 BETWEEN 1 AND 3 => true
  DATE '2026-01-02' BETWEEN '2026-01-01' AND '2026-01-03' => true
$and(BOOL, BOOL) BOOL = ($1 AND $2)
  TRUE AND NULL => null
  FALSE AND NULL => false
$or(BOOL, BOOL) BOOL = ($1 OR $2)
  TRUE OR NULL => true
$not(BOOL) BOOL = (NOT $1)
  NOT TRUE => false
$is_null(T) BOOL = ($1 IS NULL)
  NULL IS NULL => true
  1 IS NOT NULL => true
$is_unknown(BOOL) BOOL = ($1 IS NULL)
  (1 > NULLIF(1, 1)) IS UNKNOWN => true
  FALSE IS NOT UNKNOWN => true
$is_true(BOOL) BOOL = ($1 IS TRUE)
  NULL IS TRUE => false
$is_false(BOOL) BOOL = ($1 IS FALSE)
  (1 = 2) IS FALSE => true
$is_distinct(INTERVAL, INTERVAL) BOOL = (bq_interval_size($1) IS DISTINCT FROM bq_interval_size($2))
$is_distinct(T, T) BOOL = ($1 IS DISTINCT FROM $2)
  1 IS DISTINCT FROM NULL => true
  NULL IS NOT DISTINCT FROM NULL => true
$bit_or(INT64, INT64) INT64 = ($1 | $2)
$bit_and(INT64, INT64) INT64 = ($1 & $2)
$bit_xor(INT64, INT64) INT64 = xor($1, $2)
$bit_not(INT64) INT64 = (~$1)
  ~1 => -2
$offset(ARRAY<T>, INT64) T = bq_element($1, $2, 0)
  [10,20][OFFSET(1)] => 20
  [1][OFFSET(5)] => error
  [1][OFFSET(-1)] => error
$ordinal(ARRAY<T>, INT64) T = bq_element($1, $2, 1)
  [10,20][ORDINAL(1)] => 10
  [10][ORDINAL(0)] => error
$safe_offset(ARRAY<T>, INT64) T = bq_safe_element($1, $2, 0)
  [10][SAFE_OFFSET(3)] => null
  [10][SAFE_OFFSET(-1)] => null
$safe_ordinal(ARRAY<T>, INT64) T = bq_safe_element($1, $2, 1)
  [10][SAFE_ORDINAL(1)] => 10
IF(BOOL, T, T) T = CASE WHEN $1 THEN $2 ELSE $3 END
  IF(1 < 2, 'a', 'b') => "a"
  IF(NULL, 1, 2) => 2
COALESCE(T, T*) T = coalesce($*)
  COALESCE(NULL, NULL, 4) => 4
IFNULL(T, T) T = coalesce($1, $2)
  IFNULL(NULL, 3) => 3
ERROR(STRING) INT64 = ${raiseWith('$1', 'BIGINT')}
  ERROR('no') => error
$shift_left(INT64, INT64) INT64 = bq_shift($1, bq_not_negative($2))
  1 << 4 => 16
  1 << 64 => 0
  1 << -1 => error
$shift_right(INT64, INT64) INT64 = bq_shift($1, -bq_not_negative($2))
  16 >> 2 => 4
  -1 >> 60 => 15
`);

export const operators: readonly Entry[] = [
  arithmetic(
    '$add',
    '+',
    [
      ['DATE, INT64', 'DATE', ([d, n]) => `bq_date(${d} + CAST(${n} AS INTEGER))`],
      ['INT64, DATE', 'DATE', ([n, d]) => `bq_date(${d} + CAST(${n} AS INTEGER))`],
      ...moved(''),
      ...movedBehind,
      ['INTERVAL, INTERVAL', 'INTERVAL', ([a, b]) => `bq_interval_changed('add', ${a}, ${b})`],
    ],
    [
      ['1 + 2', 3],
      ['INTERVAL 1 DAY + INTERVAL 90 MINUTE', '0-0 1 1:30:0'],
      ["DATE '2026-01-31' + INTERVAL '1-1 1 1' YEAR TO HOUR", '2027-03-01T01:00:00'],
      ["TIMESTAMP '2026-01-31 10:00:00+00' + INTERVAL 1 MONTH", 'error'],
      ['INTERVAL 10000 YEAR + INTERVAL 1 MONTH', 'error'],
      ["INTERVAL 1 DAY + DATE '2026-01-01'", '2026-01-02T00:00:00'],
      ["NUMERIC '0.1' + NUMERIC '0.2'", 0.3],
      ["DATE '2026-01-01' + 7", '2026-01-08'],
      ["TIMESTAMP '2026-01-01 00:00:00+00' + INTERVAL 1 DAY", '2026-01-02T00:00:00Z'],
      ["DATE '2026-01-31' + INTERVAL 1 MONTH", '2026-02-28T00:00:00'],
      ['9223372036854775807 + 1', 'error'],
    ],
  ),
  arithmetic(
    '$subtract',
    '-',
    [
      ['DATE, INT64', 'DATE', ([d, n]) => `bq_date(${d} - CAST(${n} AS INTEGER))`],
      ...moved('-'),
      ['INTERVAL, INTERVAL', 'INTERVAL', ([a, b]) => `bq_interval_changed('add', ${a}, -${b})`],
      ['DATE, DATE', 'INTERVAL', ([a, b]) => `bq_interval(0, ${a} - ${b}, 0)`],
      ['DATETIME, DATETIME', 'INTERVAL', ([a, b]) => `bq_days_and_time(epoch_us(${a}) - epoch_us(${b}))`],
      ['TIMESTAMP, TIMESTAMP', 'INTERVAL', ([a, b]) => `bq_interval(0, 0, epoch_us(${a}) - epoch_us(${b}))`],
    ],
    [
      ['1 - 3', -2],
      ["DATE '2026-03-01' - DATE '2026-01-01'", '0-0 59 0:0:0'],
      ["DATETIME '2026-01-01 10:00:00' - DATETIME '2026-01-03 00:00:00'", '0-0 -1 -14:0:0'],
      ["TIMESTAMP '2026-01-02 10:00:00+00' - TIMESTAMP '2026-01-01 00:00:00.5+00'", '0-0 0 33:59:59.500'],
      ["DATE '2026-01-01' - 1", '2025-12-31'],
    ],
  ),
  arithmetic(
    '$multiply',
    '*',
    [
      ['INTERVAL, INT64', 'INTERVAL', ([i, n]) => `bq_interval_changed('times', ${i}, ${n})`],
      ['INT64, INTERVAL', 'INTERVAL', ([n, i]) => `bq_interval_changed('times', ${i}, ${n})`],
    ],
    [
      ['6 * 7', 42],
      ["INTERVAL '1 2:30' DAY TO MINUTE * 2", '0-0 2 5:0:0'],
      ["NUMERIC '1.5' * 3", 4.5],
      ["NUMERIC '0.000000001' * NUMERIC '0.5'", 1e-9],
    ],
  ),
  ...plain,
  comparison('$equal', '=', 'a'),
  comparison('$not_equal', '!=', 'ab'),
  comparison('$less', '<', 'b'),
  comparison('$less_or_equal', '<=', 'b'),
  comparison('$greater', '>', 'a'),
  comparison('$greater_or_equal', '>=', 'a'),
  special(
    'NULLIF',
    [
      [
        'T, T',
        'T',
        ([a = '', b = ''], { args: [left, right], at }) =>
          left &&
          right &&
          (hasKey(left.type) || /^(FLOAT64|INTERVAL|STRUCT|ARRAY|JSON)$/.test(left.type.kind))
            ? `CASE WHEN ${equality(left, right, at)} THEN NULL ELSE ${a} END`
            : `nullif(${a}, ${b})`,
      ],
    ],
    [
      ['NULLIF(1, 1)', null],
      ['NULLIF(1, 2)', 1],
      ['TO_JSON_STRING(NULLIF(STRUCT(CAST(NULL AS INT64) AS x), STRUCT(NULL)))', '{"x":null}'],
    ],
  ),
  special(
    '$like',
    [
      [
        'STRING, STRING',
        'BOOL',
        ([a, b], { args, at }) => {
          const pattern = args[1]?.literal;
          if (typeof pattern === 'object' && /^(?:[^\\]|\\.)*\\$/s.test(pattern.value))
            throw new SqlError('LIKE pattern ends with a backslash', at);
          return `(${a} LIKE ${b} ESCAPE '\\')`;
        },
      ],
    ],
    [
      ["'abc' LIKE 'a%'", true],
      ["'a_c' LIKE 'a\\\\_c'", true],
      ["'abc' LIKE 'a\\\\_c'", false],
    ],
  ),
  special(
    '$concat',
    [
      ['STRING, STRING', 'STRING', ([a, b]) => `(${a} || ${b})`],
      ['BYTES, BYTES', 'BYTES', ([a, b]) => `(${a} || ${b})`],
      ['ARRAY<T>, ARRAY<T>', 'ARRAY<T>', ([a, b]) => `(${a} || ${b})`],
      ['ANY, ANY', 'STRING', (_, bound) => joinedAsTexts('operator ||', bound)],
    ],
    [
      ["'a' || 'b'", 'ab'],
      ["'a' || 1", 'a1'],
      ["'a' || CAST(NULL AS STRING)", null],
      ["'a' || NULL", 'error'],
      ['[1] || [2]', [1, 2]],
    ],
  ),
];

/** What the lowerings call by name. All are pure, so that DuckDB may fold them and TRY may wrap them. */
export const operatorMacros: readonly string[] = [
  `bq_not_negative(n) AS CASE WHEN n < 0 THEN ${raise('Bitwise shift by a negative offset', 'BIGINT')} ELSE n END`,
  `bq_divide(a, b) AS CASE WHEN b = 0 THEN ${raiseWith("'division by zero: ' || bq_float_text(a) || ' / ' || bq_float_text(b)", 'DOUBLE')} ELSE bq_finite(a / b, a, b) END`,
  `bq_finite(r, a, b) AS CASE WHEN isfinite(r) OR NOT isfinite(a) OR NOT isfinite(b) THEN r WHEN r IS NULL THEN NULL ELSE ${raise('double overflow', 'DOUBLE')} END`,
  // A value n/10^9 is held as the integer n. Dividing such needs n·10^9, for which there is room below 10^20.
  'bq_wide(a, b) AS (abs(a) >= CAST(100000000000000000000 AS DECIMAL(38,9)) OR abs(b) >= CAST(100000000000000000000 AS DECIMAL(38,9)))',
  'bq_exact(how, a, b) AS CAST(bq_exact_text(how, CAST(CAST(a AS DECIMAL(38,9)) AS VARCHAR), CAST(CAST(b AS DECIMAL(38,9)) AS VARCHAR)) AS DECIMAL(38,9))',
  // DuckDB's product has eighteen places, and so room for twenty digits before them.
  "bq_numeric_multiply(a, b) AS CASE WHEN abs(a) < 1000000000 AND abs(b) < 1000000000 THEN CAST(a * b AS DECIMAL(38,9)) ELSE bq_exact('multiply', a, b) END",
  'bq_unscaled(x) AS CAST(x * CAST(1000000000 AS DECIMAL(10,0)) AS HUGEINT)',
  'bq_scaled(n) AS CAST(CAST(n AS DECIMAL(38,0)) * CAST(0.000000001 AS DECIMAL(10,9)) AS DECIMAL(38,9))',
  'bq_round_divide(n, d) AS n // d + CASE WHEN abs(n % d) * 2 >= abs(d) THEN sign(n) * sign(d) ELSE 0 END',
  `bq_numeric_divide(a, b) AS CASE WHEN b = 0 THEN ${raiseWith("'division by zero: ' || bq_numeric_text(a) || ' / ' || bq_numeric_text(b)", 'DECIMAL(38,9)')} WHEN bq_wide(a, b) THEN bq_exact('divide', a, b) ELSE bq_scaled(bq_round_divide(bq_unscaled(a) * CAST(1000000000 AS HUGEINT), bq_unscaled(b))) END`,
  `bq_element(a, i, base) AS CASE WHEN a IS NULL OR i IS NULL THEN NULL WHEN i - base < 0 OR i - base >= len(a) THEN a[${raiseWith("'Array index ' || i || ' is out of bounds'", 'BIGINT')}] ELSE a[i - base + 1] END`,
  'bq_safe_element(a, i, base) AS CASE WHEN i - base < 0 THEN NULL ELSE a[i - base + 1] END',
];
