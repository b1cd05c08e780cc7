import { pathSteps } from '../native/json-tree.ts';
import { SqlError } from '../sql-error.ts';
import { INT64, text } from '../types.ts';
import { jsonText } from './conversions.ts';
import { type Bound, type Entry, literalText, special } from './entry.ts';
import { asJson, jsonChanges } from './json-changes.ts';
import { catalogue } from './notation.ts';

/** DuckDB counts negative ones from the end. */
const noIndex = 2_147_483_647;
const legacy = /^JSON_EXTRACT/;
const pathText = (bound: Bound): string => (bound.args[1] ? literalText(bound, 1) : '$');

/** A JSONPath of names and subscripts as DuckDB writes it; wildcards and filters are refused. */
function pathOf(bound: Bound, name: string): string {
  try {
    const steps = pathSteps(pathText(bound), legacy.test(name) ? 'legacy' : 'standard');
    return text(
      `$${steps.map((s) => (typeof s === 'number' ? `[${s < 0 ? noIndex : s}]` : `."${s.replaceAll('"', '\\"')}"`)).join('')}`,
    );
  } catch (error) {
    throw new SqlError((error as Error).message, bound.at);
  }
}

/** `lax $.a` and `lax recursive $.a`: what is found, as a JSON array. */
const lax = /^\s*(lax(?:\s+recursive)?|recursive\s+lax)\s+(\$.*)$/is;

function laxQuery(s: string, bound: Bound): string {
  const [, how = '', path = ''] = lax.exec(pathText(bound)) ?? [];
  return `CAST(bq_json_lax_query(CAST(${s} AS VARCHAR), ${text(path)}, ${text(/recursive/i.test(how) ? 'recursive' : '')}) AS JSON)`;
}

const json = (
  name: string,
  gives: string,
  macro: string,
  examples: readonly (readonly [string, unknown])[] = [],
): Entry =>
  special(
    name,
    ['STRING', 'JSON'].flatMap((of) => [
      [
        `${of}, LITERAL?`,
        gives.replace('SAME', of),
        ([s = ''], bound) => {
          if (of === 'JSON' && name === 'JSON_QUERY' && lax.test(pathText(bound))) return laxQuery(s, bound);
          const read = of === 'STRING' && macro === 'bq_json_query' ? 'bq_json_text_query' : macro;
          const found = `${read}(${of === 'JSON' ? `CAST(${s} AS VARCHAR)` : s}, ${pathOf(bound, name)})`;
          if (of !== 'JSON' || !gives.includes('SAME')) return found;
          return `CAST(${found} AS ${gives === 'SAME' ? 'JSON' : 'JSON[]'})`;
        },
      ] as const,
    ]),
    examples,
  );

const changing = catalogue(String.raw`
PARSE_JSON(STRING) JSON = CAST(bq_json_normal($1) AS JSON)
  TO_JSON_STRING(PARSE_JSON('{"b": 1, "a": [1.50, null]}')) => "{\"a\":[1.5,null],\"b\":1}"
PARSE_JSON(STRING, STRING) JSON = CAST(CASE WHEN $2 = 'round' THEN bq_json_rounded($1) ELSE bq_json_normal($1) END AS JSON)
  TO_JSON_STRING(PARSE_JSON('{"id": 922337203685477580701}', wide_number_mode=>'round')) => "{\"id\":9.223372036854776e+20}"
  PARSE_JSON('{"id": 922337203685477580701}') => error
  PARSE_JSON('{"a"') => error
JSON_TYPE(JSON) STRING = bq_json_type(CAST($1 AS VARCHAR))
  JSON_TYPE(JSON '[1]') => "array"
  JSON_TYPE(JSON '1.5') => "number"
  JSON_TYPE(JSON 'null') => "null"
JSON_KEYS(JSON) ARRAY<STRING> = bq_json_texts(bq_json_keys(CAST($1 AS VARCHAR), 1000000, 'strict'))
JSON_KEYS(JSON, INT64) ARRAY<STRING> = bq_json_texts(bq_json_keys(CAST($1 AS VARCHAR), coalesce($2, 1000000), 'strict'))
JSON_KEYS(JSON, INT64, STRING) ARRAY<STRING> = bq_json_texts(bq_json_keys(CAST($1 AS VARCHAR), coalesce($2, 1000000), $3))
  JSON_KEYS(JSON '{"a": [{"b": 1}]}', mode => 'lax') => ["a", "a.b"]
  JSON_KEYS(JSON '{"a": 1}', mode => NULL) => []
  JSON_KEYS(JSON '{"a": 1}', 0) => error
  JSON_KEYS(JSON '{"a": {"b": 1}}') => ["a", "a.b"]
  JSON_KEYS(JSON '{"a": {"b": 1}}', 1) => ["a"]
STRING(JSON) STRING = bq_json_strict(CAST($1 AS VARCHAR), 'STRING')
STRING(TIMESTAMP) STRING = (bq_datetime_text(make_timestamp(epoch_us($1))) || '+00')
STRING(TIMESTAMP, ZONE) STRING = bq_zoned_text($1, bq_wall($1, $2))
STRING(DATE) STRING = CAST($1 AS VARCHAR)
STRING(DATETIME) STRING = bq_datetime_text($1)
STRING(TIME) STRING = bq_time_text($1)
  STRING(JSON '"purple"') => "purple"
  STRING(JSON '1') => error
  STRING(TIMESTAMP '2026-01-01 12:00:00+00', 'Asia/Tokyo') => "2026-01-01 21:00:00+09"
  STRING(TIMESTAMP '2026-01-01 12:00:00+00', 'Asia/Kolkata') => "2026-01-01 17:30:00+05:30"
  STRING(TIMESTAMP '2026-01-02 03:04:05+00') => "2026-01-02 03:04:05+00"
INT64(JSON) INT64 = CAST(bq_json_strict(CAST($1 AS VARCHAR), 'INT64') AS BIGINT)
  INT64(JSON '2005') => 2005
  INT64(JSON '10.0') => 10
  INT64(JSON '"10"') => error
FLOAT64(JSON) FLOAT64 = CAST(bq_json_strict(CAST($1 AS VARCHAR), 'FLOAT64') AS DOUBLE)
FLOAT64(JSON, STRING) FLOAT64 = CAST(bq_json_strict(CAST($1 AS VARCHAR), 'FLOAT64 ' || $2) AS DOUBLE)
  FLOAT64(JSON '9.8') => 9.8
  FLOAT64(JSON '18446744073709551615', wide_number_mode => 'round') => 18446744073709552000
  FLOAT64(JSON '18446744073709551615', wide_number_mode => 'exact') => error
  FLOAT64(JSON '1.5', wide_number_mode => 'exact') => 1.5
BOOL(JSON) BOOL = CAST(bq_json_strict(CAST($1 AS VARCHAR), 'BOOL') AS BOOLEAN)
  BOOL(JSON 'true') => true
LAX_STRING(JSON) STRING = bq_json_lax(CAST($1 AS VARCHAR), 'STRING')
  LAX_STRING(JSON '1') => "1"
  LAX_STRING(JSON '[1]') => null
LAX_INT64(JSON) INT64 = CAST(bq_json_lax(CAST($1 AS VARCHAR), 'INT64') AS BIGINT)
  LAX_INT64(JSON '"10"') => 10
  LAX_INT64(JSON '1.1') => 1
  LAX_INT64(JSON 'true') => 1
  LAX_INT64(JSON '"foo"') => null
LAX_FLOAT64(JSON) FLOAT64 = CAST(bq_json_lax(CAST($1 AS VARCHAR), 'FLOAT64') AS DOUBLE)
  LAX_FLOAT64(JSON '"10.5"') => 10.5
  LAX_FLOAT64(JSON 'true') => null
LAX_BOOL(JSON) BOOL = CAST(bq_json_lax(CAST($1 AS VARCHAR), 'BOOL') AS BOOLEAN)
  LAX_BOOL(JSON '"true"') => true
  LAX_BOOL(JSON '0') => false
STRING_ARRAY(JSON) ARRAY<STRING> = CAST(bq_json_texts(bq_json_strict_items(CAST($1 AS VARCHAR), 'STRING')) AS VARCHAR[])
  STRING_ARRAY(JSON '["a"]') => ["a"]
LAX_STRING_ARRAY(JSON) ARRAY<STRING> = CAST(bq_json_texts(bq_json_lax_items(CAST($1 AS VARCHAR), 'STRING')) AS VARCHAR[])
  LAX_STRING_ARRAY(JSON '["a"]') => ["a"]
INT64_ARRAY(JSON) ARRAY<INT64> = CAST(bq_json_texts(bq_json_strict_items(CAST($1 AS VARCHAR), 'INT64')) AS BIGINT[])
  INT64_ARRAY(JSON '[1, 2.0]') => [1, 2]
LAX_INT64_ARRAY(JSON) ARRAY<INT64> = CAST(bq_json_texts(bq_json_lax_items(CAST($1 AS VARCHAR), 'INT64')) AS BIGINT[])
  LAX_INT64_ARRAY(JSON '[1, 2.0]') => [1, 2]
FLOAT64_ARRAY(JSON) ARRAY<FLOAT64> = CAST(bq_json_texts(bq_json_strict_items(CAST($1 AS VARCHAR), 'FLOAT64')) AS DOUBLE[])
FLOAT64_ARRAY(JSON, STRING) ARRAY<FLOAT64> = CAST(bq_json_texts(bq_json_strict_items(CAST($1 AS VARCHAR), 'FLOAT64 ' || $2)) AS DOUBLE[])
  FLOAT64_ARRAY(JSON '[1, 2.5]') => [1, 2.5]
  FLOAT64_ARRAY(JSON '[18446744073709551615]', wide_number_mode => 'exact') => error
LAX_FLOAT64_ARRAY(JSON) ARRAY<FLOAT64> = CAST(bq_json_texts(bq_json_lax_items(CAST($1 AS VARCHAR), 'FLOAT64')) AS DOUBLE[])
  LAX_FLOAT64_ARRAY(JSON '[1, 2.5]') => [1, 2.5]
BOOL_ARRAY(JSON) ARRAY<BOOL> = CAST(bq_json_texts(bq_json_strict_items(CAST($1 AS VARCHAR), 'BOOL')) AS BOOLEAN[])
  BOOL_ARRAY(JSON '[true]') => [true]
LAX_BOOL_ARRAY(JSON) ARRAY<BOOL> = CAST(bq_json_texts(bq_json_lax_items(CAST($1 AS VARCHAR), 'BOOL')) AS BOOLEAN[])
  LAX_BOOL_ARRAY(JSON '[true]') => [true]
  INT64_ARRAY(JSON '[1, "2"]') => error
  STRING_ARRAY(JSON '"a"') => error
  LAX_INT64_ARRAY(JSON '[1, "2", 2.5, true]') => [1, 2, 3, 1]
  LAX_INT64_ARRAY(JSON '"x"') IS NULL => true
JSON_FLATTEN(JSON) ARRAY<JSON> = CAST(bq_json_texts(bq_json_flat(CAST($1 AS VARCHAR))) AS JSON[])
  TO_JSON_STRING(JSON_FLATTEN(JSON '[1, [2, [3]]]')) => "[1,2,3]"
JSON_STRIP_NULLS(JSON) JSON = bq_json_stripped($1, '$', true, false)
JSON_STRIP_NULLS(JSON, STRING) JSON = bq_json_stripped($1, $2, true, false)
JSON_STRIP_NULLS(JSON, BOOL, BOOL) JSON = bq_json_stripped($1, '$', $2, $3)
JSON_STRIP_NULLS(JSON, STRING, BOOL, BOOL) JSON = bq_json_stripped($1, $2, $3, $4)
  TO_JSON_STRING(JSON_STRIP_NULLS(JSON '{"a": {"b": null}, "c": null}', '$.a')) => "{\"a\":{},\"c\":null}"
  TO_JSON_STRING(JSON_STRIP_NULLS(JSON '{"a": {"b": null}}', remove_empty => TRUE)) => "null"
  TO_JSON_STRING(JSON_STRIP_NULLS(JSON '{"a": [], "b": null}', include_arrays => FALSE, remove_empty => TRUE)) => "{\"a\":[]}"
  TO_JSON_STRING(JSON_STRIP_NULLS(JSON '{"a": {"b": null}, "c": 1}', remove_empty => TRUE)) => "{\"c\":1}"
  TO_JSON_STRING(JSON_STRIP_NULLS(JSON '{"a": null, "b": "c"}')) => "{\"b\":\"c\"}"
  TO_JSON_STRING(JSON_STRIP_NULLS(JSON '{"a": [null, 1]}')) => "{\"a\":[1]}"
`);

const value = json('JSON_VALUE', 'STRING', 'bq_json_value', [
  [`JSON_VALUE('{"a":{"b":"x"}}', '$.a.b')`, 'x'],
  [`JSON_VALUE('{"a":{"b":1}}', '$.a')`, null],
  [`JSON_VALUE('{"a":null}', '$.a')`, null],
  [`JSON_VALUE('no json', '$.a')`, null],
  [`JSON_VALUE('{"a":1.25}', '$.a')`, '1.25'],
  [`JSON_VALUE('{"a":1.50}', '$.a')`, '1.50'],
  [`JSON_VALUE(JSON '{"a":1.50}', '$.a')`, '1.5'],
  [`JSON_VALUE('{"a":[5,6]}', '$.a[1]')`, '6'],
  [`JSON_VALUE('{"a.b":{"c":1}}', '$."a.b".c')`, '1'],
  [`JSON_VALUE('"x"')`, 'x'],
]);
const query = json('JSON_QUERY', 'SAME', 'bq_json_query', [
  [`JSON_QUERY('{"a":{"b": 1.0}}', '$.a')`, '{"b":1.0}'],
  [`JSON_QUERY('{"a":1}', '$.z')`, null],
  [`JSON_QUERY('{"a":null}', '$.a')`, null],
  [`JSON_QUERY('{"b": {"x": 1, "y": 2, "x": 3}, "b": 4}', '$.b')`, '{"x":1,"y":2,"x":3}'],
  [`TO_JSON_STRING(JSON_QUERY(JSON '{"x": 1, "y": 2, "x": 3}', '$'))`, '{"x":1,"y":2}'],
  [`TO_JSON_STRING(JSON_QUERY(JSON '{"a":[{"b":1},{"b":2}]}', 'lax $.a.b'))`, '[1,2]'],
  [`JSON_QUERY('{"a.b":1}', '$["a.b"]')`, 'error'],
]);
const values = json('JSON_VALUE_ARRAY', 'ARRAY<STRING>', 'bq_json_values', [
  [`JSON_VALUE_ARRAY('{"t":["a",1]}', '$.t')`, ['a', '1']],
  [`JSON_VALUE_ARRAY('{"t":[{"a":1}]}', '$.t')`, []],
]);
const queries = json('JSON_QUERY_ARRAY', 'ARRAY<SAME>', 'bq_json_queries', [
  [`JSON_QUERY_ARRAY('{"t":["a",1]}', '$.t')`, ['"a"', '1']],
]);

export const jsons: readonly Entry[] = [
  ...changing,
  value,
  query,
  values,
  queries,
  json('JSON_EXTRACT_SCALAR', 'STRING', 'bq_json_value', [
    [`JSON_EXTRACT_SCALAR('{"a":true}', '$.a')`, 'true'],
  ]),
  json('JSON_EXTRACT', 'SAME', 'bq_json_query', [[`JSON_EXTRACT('{"a":"x"}', '$.a')`, '"x"']]),
  json('JSON_EXTRACT_STRING_ARRAY', 'ARRAY<STRING>', 'bq_json_values', [
    [`JSON_EXTRACT_STRING_ARRAY('["a","b"]')`, ['a', 'b']],
  ]),
  json('JSON_EXTRACT_ARRAY', 'ARRAY<SAME>', 'bq_json_queries', [
    [`JSON_EXTRACT_ARRAY('[1,{"a":2}]', '$')`, ['1', '{"a":2}']],
  ]),
  special(
    'TO_JSON_STRING',
    [
      ['ANY', 'STRING', ([x = ''], b) => jsonText(x, b.args[0]?.type ?? { kind: 'STRING' }, b.at)],
      [
        'ANY, BOOL',
        'STRING',
        ([x = '', pretty], b) => {
          const written = jsonText(x, b.args[0]?.type ?? { kind: 'STRING' }, b.at);
          return `CASE WHEN ${pretty} THEN bq_json_pretty(${written}) ELSE ${written} END`;
        },
      ],
    ],
    [
      ["TO_JSON_STRING(STRUCT(1 AS a, 'x' AS b))", '{"a":1,"b":"x"}'],
      ["TO_JSON_STRING([NUMERIC '1.50', 2, NULL])", '["1.5",2,null]'],
      [
        'TO_JSON_STRING(STRUCT(CAST(NULL AS FLOAT64) AS f, CAST(NULL AS ARRAY<INT64>) AS a))',
        '{"f":null,"a":null}',
      ],
      ["TO_JSON_STRING(TIME '10:00:00.5')", '"10:00:00.500"'],
      ["TO_JSON_STRING(DATE '2026-01-02')", '"2026-01-02"'],
      ['TO_JSON_STRING(STRUCT(1 AS a), true)', '{\n  "a": 1\n}'],
      ['TO_JSON_STRING(NULL)', 'null'],
    ],
  ),
  special(
    'TO_JSON',
    [
      ['ANY', 'JSON', (_, { args, at }) => `CAST(${asJson(args[0], at)} AS JSON)`],
      [
        'ANY, BOOL',
        'JSON',
        ([x = '', wide], { args, at }) =>
          `CAST(CASE ${wide} WHEN true THEN bq_json_rounded(${jsonText(x, args[0]?.type ?? INT64, at, 0, 'text')}) WHEN false THEN ${asJson(args[0], at)} END AS JSON)`,
      ],
    ],
    [
      ["TO_JSON_STRING(TO_JSON(STRUCT('x' AS b, 1.5 AS a)))", '{"a":1.5,"b":"x"}'],
      ['TO_JSON_STRING(TO_JSON([9007199254740993], stringify_wide_numbers => TRUE))', '["9007199254740993"]'],
      [
        "TO_JSON_STRING(TO_JSON([BIGNUMERIC '9007199254740994', 12345678.123456789, 0.1], stringify_wide_numbers => TRUE))",
        '["9007199254740994","12345678.123456789",0.1]',
      ],
    ],
  ),
  ...jsonChanges,
];

export const jsonMacros: readonly string[] = [
  'bq_json_texts(s) AS CAST(CAST(s AS JSON) AS VARCHAR[])',
  'bq_json_stripped(j, p, arrays, empty) AS CAST(CASE WHEN p IS NULL OR arrays IS NULL OR empty IS NULL THEN CAST(j AS VARCHAR) ELSE bq_json_strip(CAST(j AS VARCHAR), p, CAST(arrays AS VARCHAR), CAST(empty AS VARCHAR)) END AS JSON)',
  'bq_zoned_text(t, l) AS bq_datetime_text(l) || bq_offset_text((epoch_us(l) - epoch_us(t)) // 60000000)',
  "bq_offset_text(m) AS CASE WHEN m < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(m) // 60 AS VARCHAR), 2, '0') || CASE WHEN abs(m) % 60 = 0 THEN '' ELSE ':' || lpad(CAST(abs(m) % 60 AS VARCHAR), 2, '0') END",
  // Nothing after this sees text that is not JSON: DuckDB may compute what stands in several branches of a CASE first.
  'bq_json_valid(s) AS CASE WHEN json_valid(s) THEN s END',
  'bq_json_value(s, p) AS coalesce(bq_json_scalar(bq_json_valid(s), p), CASE WHEN NOT json_valid(s) THEN bq_json_raw_value(s, p) END)',
  // DuckDB gives a number with a fraction as it would write it, the service as it was written.
  "bq_json_scalar(s, p) AS CASE WHEN json_type(s, p) IN ('OBJECT', 'ARRAY') THEN NULL WHEN json_type(s, p) = 'DOUBLE' THEN bq_json_raw_value(s, p) ELSE json_extract_string(s, p) END",
  'bq_json_query(s, p) AS bq_json_raw_query(s, p)',
  "bq_json_values(s, p) AS bq_json_texts(bq_json_raw_items(s, p, 'value'))",
  "bq_json_queries(s, p) AS bq_json_texts(bq_json_raw_items(s, p, 'query'))",
];
