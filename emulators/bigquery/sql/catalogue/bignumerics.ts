import type { Entry } from './entry.ts';
import { catalogue } from './notation.ts';

export const bigNumerics: readonly Entry[] = catalogue(`
PARSE_BIGNUMERIC(STRING) BIGNUMERIC = bq_parse_bignumeric($1)
  PARSE_BIGNUMERIC('- 12.34 ') => -12.34
  PARSE_BIGNUMERIC('1,2,.3') => 12.3
  PARSE_BIGNUMERIC(' - 1 . 5') => error
`);

/** More signatures of functions that stand elsewhere: DuckDB has no arithmetic of BIGNUMERIC. */
export const overBigNumerics: readonly Entry[] = catalogue(`
$add(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = bq_bignumeric('add', $1, $2)
  BIGNUMERIC '1' + 1.5 => 2.5
  BIGNUMERIC '578960446186580977117854925043439539266' + 1 => error
$subtract(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = bq_bignumeric('subtract', $1, $2)
$multiply(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = bq_bignumeric('multiply', $1, $2)
  CAST(BIGNUMERIC '12345678901234567890.5' * 10 AS STRING) => "123456789012345678905"
$divide(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = bq_bignumeric('divide', $1, $2)
  CAST(BIGNUMERIC '-2' / 3 AS STRING) => "-0.66666666666666666666666666666666666667"
  BIGNUMERIC '1' / 0 => error
$negate(BIGNUMERIC) BIGNUMERIC = bq_bignumeric('subtract', bq_to_bignumeric('0'), $1)
SAFE_ADD(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = TRY(bq_bignumeric('add', $1, $2))
SAFE_SUBTRACT(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = TRY(bq_bignumeric('subtract', $1, $2))
SAFE_MULTIPLY(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = TRY(bq_bignumeric('multiply', $1, $2))
  SAFE_MULTIPLY(BIGNUMERIC '1e38', 10) => null
SAFE_DIVIDE(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = TRY(bq_bignumeric('divide', $1, $2))
  SAFE_DIVIDE(BIGNUMERIC '1', 0) => null
SAFE_NEGATE(BIGNUMERIC) BIGNUMERIC = TRY(bq_bignumeric('subtract', bq_to_bignumeric('0'), $1))
ABS(BIGNUMERIC) BIGNUMERIC = CASE WHEN $1 < bq_to_bignumeric('0') THEN bq_bignumeric('subtract', bq_to_bignumeric('0'), $1) ELSE $1 END
SIGN(BIGNUMERIC) BIGNUMERIC = CASE WHEN $1 < bq_to_bignumeric('0') THEN bq_to_bignumeric('-1') WHEN $1 > bq_to_bignumeric('0') THEN bq_to_bignumeric('1') ELSE $1 END
  SIGN(BIGNUMERIC '-1.5') => -1
ROUND(BIGNUMERIC) BIGNUMERIC = bq_round_bignumeric('round', $1, 0)
ROUND(BIGNUMERIC, INT64) BIGNUMERIC = bq_round_bignumeric('round', $1, $2)
ROUND(BIGNUMERIC, INT64, STRING) BIGNUMERIC = bq_round_bignumeric($3, $1, $2)
  ROUND(BIGNUMERIC '-1.25', 1, 'ROUND_HALF_EVEN') => -1.2
  ROUND(BIGNUMERIC '1.25', 1, 'ROUND_HALF_AWAY_FROM_ZERO') => 1.3
  ROUND(BIGNUMERIC '1.25', 1, 'UP') => error
  ROUND(BIGNUMERIC '-1.255', 2) => -1.26
  ROUND(BIGNUMERIC '125', -1) => 130
TRUNC(BIGNUMERIC) BIGNUMERIC = bq_round_bignumeric('trunc', $1, 0)
TRUNC(BIGNUMERIC, INT64) BIGNUMERIC = bq_round_bignumeric('trunc', $1, $2)
  TRUNC(BIGNUMERIC '-1.255', 2) => -1.25
CEIL(BIGNUMERIC) BIGNUMERIC = bq_round_bignumeric('ceil', $1, 0)
CEILING(BIGNUMERIC) BIGNUMERIC = bq_round_bignumeric('ceil', $1, 0)
  CEILING(BIGNUMERIC '-1.2') => -1
FLOOR(BIGNUMERIC) BIGNUMERIC = bq_round_bignumeric('floor', $1, 0)
  FLOOR(BIGNUMERIC '-1.2') => -2
MOD(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = bq_bignumeric('mod', $1, $2)
  MOD(BIGNUMERIC '-5.5', 2) => -1.5
DIV(BIGNUMERIC, BIGNUMERIC) BIGNUMERIC = bq_bignumeric('div', $1, $2)
  DIV(BIGNUMERIC '-5.5', 2) => -2
agg SUM(BIGNUMERIC) BIGNUMERIC = bq_sum_bignumerics({string_agg(bq_bignumeric_text($1), ',')})
  (SELECT SUM(x) FROM UNNEST([BIGNUMERIC '5e38', BIGNUMERIC '-5e38', 2.5, NULL]) AS x) => 2.5
  (SELECT SUM(x) FROM UNNEST([BIGNUMERIC '5e38', BIGNUMERIC '5e38']) AS x) => error
agg AVG(BIGNUMERIC) BIGNUMERIC = bq_average_bignumerics({string_agg(bq_bignumeric_text($1), ',')}, {count($1)})
  CAST((SELECT AVG(x) FROM UNNEST([BIGNUMERIC '1', 0, 0]) AS x) AS STRING) => "0.33333333333333333333333333333333333333"
`);
