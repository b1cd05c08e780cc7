import { type Entry, raise, raiseWith } from './entry.ts';
import { catalogue } from './notation.ts';

const trigonometry = [
  ['ACOS', 'abs($1) > 1', 'acos($1)', 'ACOS(1)', '0'],
  ['ASIN', 'abs($1) > 1', 'asin($1)', 'ASIN(0)', '0'],
  ['ACOSH', '$1 < 1', 'acosh($1)', 'ACOSH(1)', '0'],
  ['ASINH', 'false', 'asinh($1)', 'ASINH(0)', '0'],
  ['ATANH', 'abs($1) >= 1', 'atanh($1)', 'ATANH(0)', '0'],
  ['SINH', 'false', 'sinh($1)', 'SINH(0)', '0'],
  ['COSH', 'false', 'cosh($1)', 'COSH(0)', '1'],
  ['TANH', 'false', 'tanh($1)', 'TANH(0)', '0'],
  ['COT', '$1 = 0', '1 / tan($1)', 'ROUND(COT(1), 6)', '0.642093'],
  ['SEC', 'false', '1 / cos($1)', 'SEC(0)', '1'],
  ['CSC', '$1 = 0', '1 / sin($1)', 'ROUND(CSC(1), 6)', '1.188395'],
  ['COTH', '$1 = 0', '1 / tanh($1)', 'ROUND(COTH(1), 6)', '1.313035'],
  ['CSCH', '$1 = 0', '1 / sinh($1)', 'ROUND(CSCH(1), 6)', '0.850918'],
  ['SECH', 'false', '1 / cosh($1)', 'SECH(0)', '1'],
]
  .map(
    ([name, bad, to, example, answer]) =>
      `${name}(FLOAT64) FLOAT64 = CASE WHEN ${name === 'ACOSH' ? "$1 = '-inf'" : /H$/.test(name ?? '') && name !== 'ATANH' ? 'isnan($1)' : 'NOT isfinite($1)'} THEN CAST('nan' AS DOUBLE) WHEN ${bad} THEN ${raiseWith(`'Floating point error in function: ${name}(' || bq_float_text($1) || ')'`, 'DOUBLE')} ELSE bq_finite(${to}, $1, $1) END\n  ${example} => ${answer}`,
  )
  .join('\n');

const safely = ['ADD + 9', 'SUBTRACT - 5', 'MULTIPLY * 14']
  .map((line) => {
    const [name, symbol, answer] = line.split(' ');
    return `SAFE_${name}(INT64, INT64) INT64 = TRY($1 ${symbol} $2)
SAFE_${name}(NUMERIC, NUMERIC) NUMERIC = TRY(${symbol === '*' ? 'bq_numeric_multiply($1, $2)' : `CAST($1 ${symbol} $2 AS DECIMAL(38,9))`})
SAFE_${name}(FLOAT64, FLOAT64) FLOAT64 = TRY(bq_finite($1 ${symbol} $2, $1, $2))
  SAFE_${name}(7, 2) => ${answer}
  SAFE_${name}(-9223372036854775807, ${symbol === '-' ? 2 : symbol === '+' ? -2 : 2}) => null`;
  })
  .join('\n');

export const moreNumbers: readonly Entry[] = catalogue(`
${trigonometry}
${safely}
CBRT(FLOAT64) FLOAT64 = bq_cbrt($1)
  CBRT(27) => 3
ATAN(FLOAT64) FLOAT64 = atan($1)
  ATAN(0) => 0
SAFE_NEGATE(INT64) INT64 = TRY(-$1)
SAFE_NEGATE(NUMERIC) NUMERIC = (-$1)
SAFE_NEGATE(FLOAT64) FLOAT64 = (-$1)
  SAFE_NEGATE(5) => -5
ATAN2(FLOAT64, FLOAT64) FLOAT64 = atan2($1, $2)
  ATAN2(0, 1) => 0
RANGE_BUCKET(T, ARRAY<T>) INT64 = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_sort($2) IS DISTINCT FROM $2 THEN ${raise('Elements in input array to RANGE_BUCKET must be in ascending order', 'BIGINT')} ELSE len($2) + 1 - list_position(list_reverse_sort(list_append($2, $1)), $1) END
  RANGE_BUCKET(20, [0, 10, 20, 30, 40]) => 3
  RANGE_BUCKET(5, [0, 10, 20]) => 1
  RANGE_BUCKET(-1, [0, 10]) => 0
  RANGE_BUCKET(1, [3, 1]) => error
PARSE_NUMERIC(STRING) NUMERIC = bq_parse_numeric(trim($1))
  PARSE_NUMERIC('123.45') => 123.45
  PARSE_NUMERIC('-  1.5') => -1.5
  PARSE_NUMERIC('1,234.5') => 1234.5
  PARSE_NUMERIC('12.5-') => -12.5
  PARSE_NUMERIC('1.25E-1 -') => -0.125
  PARSE_NUMERIC('x') => error
BIT_COUNT(INT64) INT64 = CAST(bit_count($1) AS BIGINT)
  BIT_COUNT(7) => 3
  BIT_COUNT(-1) => 64
BIT_COUNT(BYTES) INT64 = length(replace(bq_bytes_to_text('BASE2', $1), '0', ''))
  BIT_COUNT(b'\\xff\\x01') => 9
ARRAY_FIRST(ARRAY<T>) T = CASE WHEN len($1) = 0 THEN $1[${raise('ARRAY_FIRST cannot get the first element of an empty array', 'BIGINT')}] ELSE $1[1] END
  ARRAY_FIRST(['a', 'b']) => "a"
  ARRAY_FIRST(CAST([] AS ARRAY<INT64>)) => error
ARRAY_LAST(ARRAY<T>) T = CASE WHEN len($1) = 0 THEN $1[${raise('ARRAY_LAST cannot get the last element of an empty array', 'BIGINT')}] ELSE $1[len($1)] END
  ARRAY_LAST(['a', 'b']) => "b"
ARRAY_SLICE(ARRAY<T>, INT64, INT64) ARRAY<T> = CASE WHEN $2 IS NOT NULL AND $3 IS NOT NULL THEN list_slice($1, greatest(CASE WHEN $2 < 0 THEN len($1) + $2 ELSE least($2, len($1)) END, 0) + 1, greatest(least(CASE WHEN $3 < 0 THEN len($1) + $3 ELSE $3 END, len($1) - 1) + 1, 0)) END
  ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], 1, 3) => ["b", "c", "d"]
  ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], -1, 3) => []
  ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], 1, -3) => ["b", "c"]
  ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], -3, -1) => ["c", "d", "e"]
  ARRAY_SLICE(['a', 'b', 'c', 'd', 'e'], 3, 30) => ["d", "e"]
agg GROUPING(ANY) INT64 = CAST(grouping($1) AS BIGINT)
agg BIT_AND(INT64) INT64 = {bit_and($1)}
  (SELECT BIT_AND(x) FROM UNNEST([0xF001, 0x00A1]) AS x) => 1
agg BIT_OR(INT64) INT64 = {bit_or($1)}
  (SELECT BIT_OR(x) FROM UNNEST([0xF001, 0x00A1]) AS x) => 61601
agg BIT_XOR(INT64) INT64 = {bit_xor($1)}
  (SELECT BIT_XOR(x) FROM UNNEST([5678, 1234]) AS x) => 4860
`);
