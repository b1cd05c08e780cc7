import { SqlError } from '../sql-error.ts';
import type { Typed } from '../typed.ts';
import { jsonText } from './conversions.ts';
import { type Bound, type Entry, type Example, raise, special } from './entry.ts';

/** A value of any type as the text of a JSON value. */
export const asJson = (arg: Typed | undefined, at: number): string =>
  arg ? `bq_json_rounded(${jsonText(arg.sql, arg.type, at, 0, true)})` : "'null'";

const unmatched = (name: string, at: number): never => {
  throw new SqlError(`No matching signature for function ${name}`, at);
};

/** What becomes of the text of the value, path by path; a pair whose path is NULL is passed over. */
function alongPaths(
  name: string,
  { args, at }: Bound,
  width: 1 | 2,
  change: (j: string, path: string, value: Typed | undefined, flag: string | undefined) => string,
): string {
  const [j, ...rest] = args;
  const last = rest.at(-1);
  const flag = rest.length % width === 1 ? last : undefined;
  let made = `CAST(${j?.sql} AS VARCHAR)`;
  for (let i = 0; i + width <= rest.length; i += width) {
    const path = rest[i] as Typed;
    if (path.literal === 'null') continue;
    if (path.type.kind !== 'STRING') unmatched(name, at);
    const changed = change(made, path.sql, rest[i + 1], flag?.sql);
    made =
      typeof path.literal === 'object'
        ? changed
        : `CASE WHEN ${path.sql} IS NULL THEN ${made} ELSE ${changed} END`;
  }
  if (flag && flag.literal === 'null') return j?.sql ?? '';
  return `CAST(${flag ? `CASE WHEN ${flag.sql} IS NULL THEN CAST(${j?.sql} AS VARCHAR) ELSE ${made} END` : made} AS JSON)`;
}

const changing = (name: string, macro: string, examples: readonly Example[]): Entry =>
  special(
    name,
    [
      [
        'JSON, ANY, ANY, ANY*',
        'JSON',
        (_, bound) =>
          alongPaths(name, bound, 2, (j, path, value, flag = 'true') => {
            const listed = value?.type.kind === 'ARRAY' && value.literal !== 'null';
            const how = macro === 'bq_json_set' || listed ? `CAST(${flag} AS VARCHAR)` : "'false'";
            return `${macro}(${j}, ${path}, ${asJson(value, bound.at)}, ${how})`;
          }),
      ],
    ],
    examples,
  );

function objectOf(args: string[], bound: Bound): string {
  const [keys, values] = bound.args;
  if (keys?.type.kind === 'ARRAY' && args.length === 2 && values?.type.kind === 'ARRAY') {
    if (keys.type.of.kind !== 'STRING' && keys.literal !== 'empty-array') unmatched('JSON_OBJECT', bound.at);
    return `CAST(bq_json_members(${asJson(keys, bound.at)}, ${asJson(values, bound.at)}) AS JSON)`;
  }
  if (args.length % 2 !== 0) unmatched('JSON_OBJECT', bound.at);
  const members = bound.args.flatMap((arg, i) => {
    if (i % 2 === 1) return [];
    if (arg.literal !== 'null' && arg.type.kind !== 'STRING') unmatched('JSON_OBJECT', bound.at);
    const key = `CASE WHEN ${arg.sql} IS NULL THEN ${raise('Invalid input to JSON_OBJECT: A key cannot be NULL', 'VARCHAR')} ELSE CAST(to_json(CAST(${arg.sql} AS VARCHAR)) AS VARCHAR) END`;
    return [`${key} || ':' || ${asJson(bound.args[i + 1], bound.at)}`];
  });
  return `CAST(bq_json_normal('{' || ${members.join(" || ',' || ") || "''"} || '}') AS JSON)`;
}

export const jsonChanges: readonly Entry[] = [
  special(
    'JSON_OBJECT',
    [['ANY*', 'JSON', objectOf]],
    [
      ["TO_JSON_STRING(JSON_OBJECT('foo', 10, 'bar', TRUE))", '{"bar":true,"foo":10}'],
      ["TO_JSON_STRING(JSON_OBJECT(['a', 'b'], [10, NULL]))", '{"a":10,"b":null}'],
      ["JSON_OBJECT(['a', 'b'], [10])", 'error'],
      ['JSON_OBJECT(CAST(NULL AS STRING), 1)', 'error'],
    ],
  ),
  special(
    'JSON_ARRAY',
    [
      [
        'ANY*',
        'JSON',
        (_, { args, at }) =>
          `CAST(bq_json_normal('[' || ${args.map((arg) => asJson(arg, at)).join(" || ',' || ") || "''"} || ']') AS JSON)`,
      ],
    ],
    [["TO_JSON_STRING(JSON_ARRAY(10, 'x', NULL, [1]))", '[10,"x",null,[1]]']],
  ),
  changing('JSON_SET', 'bq_json_set', [
    [`TO_JSON_STRING(JSON_SET(JSON '{"a": 1}', '$.b', 999))`, '{"a":1,"b":999}'],
    [`TO_JSON_STRING(JSON_SET(JSON '{"a": 1}', '$.a.b', 999))`, '{"a":1}'],
    [`TO_JSON_STRING(JSON_SET(JSON '{"a": 1}', '$.b', 5, create_if_missing => FALSE))`, '{"a":1}'],
    [`TO_JSON_STRING(JSON_SET(JSON '["a"]', '$[2]', 'c'))`, '["a",null,"c"]'],
    [`TO_JSON_STRING(JSON_SET(JSON '{}', '$.a', 1, '$.b', 2))`, '{"a":1,"b":2}'],
  ]),
  changing('JSON_ARRAY_APPEND', 'bq_json_append', [
    [`TO_JSON_STRING(JSON_ARRAY_APPEND(JSON '["a", "b"]', '$', 1))`, '["a","b",1]'],
    [`TO_JSON_STRING(JSON_ARRAY_APPEND(JSON '["a"]', '$', [1, 2]))`, '["a",1,2]'],
    [
      `TO_JSON_STRING(JSON_ARRAY_APPEND(JSON '["a"]', '$', [1, 2], append_each_element => FALSE))`,
      '["a",[1,2]]',
    ],
    [`TO_JSON_STRING(JSON_ARRAY_APPEND(JSON '{"a": 1}', '$.a', 2))`, '{"a":1}'],
  ]),
  changing('JSON_ARRAY_INSERT', 'bq_json_insert', [
    [`TO_JSON_STRING(JSON_ARRAY_INSERT(JSON '["a", "b"]', '$[1]', 1))`, '["a",1,"b"]'],
    [`TO_JSON_STRING(JSON_ARRAY_INSERT(JSON '["a"]', '$[0]', [1, 2]))`, '[1,2,"a"]'],
  ]),
  special(
    'JSON_REMOVE',
    [
      [
        'JSON, STRING, STRING*',
        'JSON',
        (_, bound) => alongPaths('JSON_REMOVE', bound, 1, (j, path) => `bq_json_remove(${j}, ${path})`),
      ],
    ],
    [
      [`TO_JSON_STRING(JSON_REMOVE(JSON '["a", ["b", "c"], "d"]', '$[1]'))`, '["a","d"]'],
      [`TO_JSON_STRING(JSON_REMOVE(JSON '{"a": 1, "b": 2}', '$.b', '$.zz'))`, '{"a":1}'],
    ],
  ),
];
