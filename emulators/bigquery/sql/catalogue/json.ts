import { notServed, SqlError } from '../sql-error.ts';
import { text } from '../types.ts';
import { jsonText } from './conversions.ts';
import { type Bound, type Entry, literalText, raise, special } from './entry.ts';

/** A JSONPath of names and subscripts as DuckDB writes it; wildcards and filters are refused. */
function pathOf(bound: Bound): string {
  const literal = bound.args[1] ? literalText(bound, 1) : '$';
  const steps = /^\$((?:\.[A-Za-z_][\w-]*|\."[^"]*"|\[\d+\]|\['[^']*'\])*)$/.exec(literal)?.[1];
  if (steps === undefined) {
    if (!literal.startsWith('$')) throw new SqlError("JSONPath must start with '$'", bound.at);
    throw notServed(`The JSONPath ${literal}`, bound.at);
  }
  return text(`$${steps.replace(/\['([^']*)'\]/g, '."$1"').replace(/\.([A-Za-z_][\w-]*)/g, '."$1"')}`);
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
        gives === 'SAME' ? of : gives,
        ([s], bound) => `${macro}(${of === 'JSON' ? `CAST(${s} AS VARCHAR)` : s}, ${pathOf(bound)})`,
      ] as const,
    ]),
    examples,
  );

export const jsons: readonly Entry[] = [
  json('JSON_VALUE', 'STRING', 'bq_json_value', [
    [`JSON_VALUE('{"a":{"b":"x"}}', '$.a.b')`, 'x'],
    [`JSON_VALUE('{"a":{"b":1}}', '$.a')`, null],
    [`JSON_VALUE('{"a":null}', '$.a')`, null],
    [`JSON_VALUE('no json', '$.a')`, null],
    [`JSON_VALUE('{"a":1.25}', '$.a')`, '1.25'],
    [`JSON_VALUE('{"a":1.50}', '$.a')`, 'error'],
    [`JSON_VALUE('{"a":[5,6]}', '$.a[1]')`, '6'],
  ]),
  json('JSON_EXTRACT_SCALAR', 'STRING', 'bq_json_value', [
    [`JSON_EXTRACT_SCALAR('{"a":true}', '$.a')`, 'true'],
  ]),
  json('JSON_QUERY', 'SAME', 'bq_json_query', [
    [`JSON_QUERY('{"a":{"b":1}}', '$.a')`, '{"b":1}'],
    [`JSON_QUERY('{"a":1}', '$.z')`, null],
  ]),
  json('JSON_EXTRACT', 'SAME', 'bq_json_query', [[`JSON_EXTRACT('{"a":"x"}', '$.a')`, '"x"']]),
  json('JSON_VALUE_ARRAY', 'ARRAY<STRING>', 'bq_json_values', [
    [`JSON_VALUE_ARRAY('{"t":["a",1]}', '$.t')`, ['a', '1']],
  ]),
  json('JSON_QUERY_ARRAY', 'ARRAY<STRING>', 'bq_json_queries', [
    [`JSON_QUERY_ARRAY('{"t":["a",1]}', '$.t')`, ['"a"', '1']],
  ]),
  special(
    'TO_JSON_STRING',
    [['T', 'STRING', ([x = ''], b) => jsonText(x, b.args[0]?.type ?? { kind: 'STRING' }, b.at)]],
    [
      ["TO_JSON_STRING(STRUCT(1 AS a, 'x' AS b))", '{"a":1,"b":"x"}'],
      ["TO_JSON_STRING([NUMERIC '1.50', NULL])", '[1.5,null]'],
      ["TO_JSON_STRING(DATE '2026-01-02')", '"2026-01-02"'],
    ],
  ),
];

export const jsonMacros: readonly string[] = [
  // Nothing after this sees text that is not JSON: DuckDB may compute what stands in several branches of a CASE first.
  'bq_json_valid(s) AS CASE WHEN json_valid(s) THEN s END',
  'bq_json_value(s, p) AS bq_json_scalar(bq_json_valid(s), p)',
  "bq_json_scalar(s, p) AS CASE WHEN json_type(s, p) IN ('OBJECT', 'ARRAY') THEN NULL WHEN json_type(s, p) = 'DOUBLE' THEN bq_json_number(s, json_extract_string(s, p)) ELSE json_extract_string(s, p) END",
  // The service gives a number as it was written, DuckDB as it would write it: where the two differ we do not know the text.
  `bq_json_number(s, n) AS CASE WHEN regexp_matches(s, '(^|[:\\[,\\s])' || regexp_escape(n) || '([,\\]}\\s]|$)') THEN n ELSE ${raise('A JSON number in this form is not supported by the emulator', 'VARCHAR')} END`,
  `bq_json_query(s, p) AS CASE WHEN json_valid(s) AND regexp_matches(s, '[0-9][eE]|\\.[0-9]*0\\s*[,\\]}]') THEN ${raise('A JSON number in this form is not supported by the emulator', 'VARCHAR')} ELSE CAST(json_extract(bq_json_valid(s), p) AS VARCHAR) END`,
  "bq_json_elements(s, p) AS CASE WHEN json_type(bq_json_valid(s), p) = 'ARRAY' THEN CAST(json_extract(bq_json_valid(s), p) AS JSON[]) END",
  "bq_json_values(s, p) AS list_transform(bq_json_elements(s, p), lambda bq_x: json_extract_string(bq_x, '$'))",
  'bq_json_queries(s, p) AS list_transform(bq_json_elements(s, p), lambda bq_x: CAST(bq_x AS VARCHAR))',
];
