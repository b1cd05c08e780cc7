import { notServed, SqlError } from '../sql-error.ts';
import { aggregate, type Bound, duck, type Entry, fn, type Modifiers, notNull, raise } from './entry.ts';

/**
 * HLL_COUNT.*: a sketch is bytes of our own, which another engine does not read, nor we its. It holds the smallest
 * hashes, at most 2^precision of them, each once: with fewer the count is exact, with all of them their spread tells
 * it, about as well as the service's. Hexadecimal: `48`, the type, the precision, then sixteen digits a hash.
 */
const types = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'STRING', 'BYTES'];
const usual = 15;

function precision(bound: Bound): number {
  const given = bound.args[1];
  if (given && given.literal === undefined)
    throw new SqlError('Argument 2 to HLL_COUNT.INIT must be a literal or query parameter', bound.at);
  const asked = given ? Number(given.sql.match(/\d+/)?.[0]) : usual;
  if (asked >= 10 && asked <= 24) return asked;
  throw new SqlError(`Argument precision of HLL_COUNT.INIT must be a whole number from 10 to 24`, bound.at);
}

function list(value: string, m: Modifiers, at: number): string {
  if (m.over) throw notServed('HLL_COUNT as a window function', at);
  return duck('array_agg', [value], notNull(value, m));
}

function init(type: string): (args: string[], m: Modifiers, bound: Bound) => string {
  const kind = types.indexOf(type).toString(16).padStart(2, '0');
  return ([x = ''], m, bound) => {
    const bits = precision(bound);
    const text = type === 'BYTES' ? x : `CAST(${x} AS VARCHAR)`;
    const hashes = list(`substr(md5(${text}), 1, 16)`, { ...m, distinct: true }, bound.at);
    return `bq_sketch('48${kind}${bits.toString(16).padStart(2, '0')}', ${hashes})`;
  };
}

const merged =
  (give: string) =>
  ([x = '']: string[], m: Modifiers, { at }: Bound): string =>
    `${give}(bq_merge_sketches(${list(`bq_sketch_text(${x})`, m, at)}))`;
const of = (rows: string): string => `FROM (SELECT HLL_COUNT.INIT(x) AS s FROM UNNEST(${rows}) AS x`;
const two = `${of("['a', 'b', 'a']")} UNION ALL SELECT HLL_COUNT.INIT(x) FROM UNNEST(['b', 'c']) AS x)`;

export const sketches: readonly Entry[] = [
  aggregate(
    'HLL_COUNT.INIT',
    types.map((type) => [`${type}, INT64?`, 'BYTES', init(type)]),
    [
      [`(SELECT HLL_COUNT.EXTRACT(s) ${of('[1, 2, 2, NULL]')}))`, 2],
      ['(SELECT HLL_COUNT.INIT(x) FROM UNNEST(CAST([] AS ARRAY<INT64>)) AS x)', null],
      [
        '(SELECT ABS(HLL_COUNT.EXTRACT(HLL_COUNT.INIT(x, 10)) - 5000) < 500 FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS x)',
        true,
      ],
      ['(SELECT HLL_COUNT.INIT(x, 9) FROM UNNEST([1]) AS x)', 'error'],
      ['(SELECT HLL_COUNT.INIT(x, p) FROM UNNEST([1]) AS x, UNNEST([12]) AS p)', 'error'],
    ],
  ),
  aggregate(
    'HLL_COUNT.MERGE',
    [['BYTES', 'INT64', merged('bq_sketch_count')]],
    [
      [`(SELECT HLL_COUNT.MERGE(s) ${two})`, 3],
      ['(SELECT HLL_COUNT.MERGE(s) FROM UNNEST(CAST([] AS ARRAY<BYTES>)) AS s)', 0],
      [
        `(SELECT HLL_COUNT.MERGE(s) ${of("['a']")} UNION ALL SELECT HLL_COUNT.INIT(x) FROM UNNEST([1]) AS x))`,
        'error',
      ],
    ],
  ),
  aggregate(
    'HLL_COUNT.MERGE_PARTIAL',
    [['BYTES', 'BYTES', merged('unhex')]],
    [
      [`(SELECT HLL_COUNT.EXTRACT(HLL_COUNT.MERGE_PARTIAL(s)) ${two})`, 3],
      ['(SELECT HLL_COUNT.MERGE_PARTIAL(s) FROM UNNEST([CAST(NULL AS BYTES)]) AS s)', null],
    ],
  ),
  fn(
    'HLL_COUNT.EXTRACT',
    [['BYTES', 'INT64', (x) => `bq_sketch_count(bq_sketch_text(${x}))`]],
    [
      ['HLL_COUNT.EXTRACT(NULL)', 0],
      ["HLL_COUNT.EXTRACT(b'no sketch')", 'error'],
    ],
  ),
];

const invalid = (type: string): string => raise('Invalid or incompatible sketch in HLL_COUNT', type);
export const sketchMacros: readonly string[] = [
  "bq_sketch_size(head) AS CAST(power(2, CAST('0x' || substr(head, 5, 2) AS INTEGER)) AS BIGINT)",
  "bq_sketch(head, hashes) AS CASE WHEN hashes IS NOT NULL THEN unhex(head || array_to_string(list_slice(list_sort(hashes), 1, bq_sketch_size(head)), '')) END",
  `bq_sketch_text(s) AS CASE WHEN hex(s) LIKE '48%' AND octet_length(s) % 8 = 3 THEN lower(hex(s)) WHEN s IS NOT NULL THEN ${invalid('VARCHAR')} END`,
  "bq_sketch_hashes(s) AS regexp_extract_all(substr(s, 7), '.{16}')",
  `bq_merge_sketches(all_of) AS CASE WHEN len(list_distinct(list_transform(all_of, lambda s: substr(s, 1, 4)))) > 1 THEN ${invalid('VARCHAR')}
    WHEN all_of IS NOT NULL THEN list_min(list_transform(all_of, lambda s: substr(s, 1, 6))) || array_to_string(list_slice(list_sort(list_distinct(flatten(list_transform(all_of, lambda s: bq_sketch_hashes(s))))), 1, bq_sketch_size(list_min(list_transform(all_of, lambda s: substr(s, 1, 6))))), '') END`,
  // Of k hashes spread evenly over all there may be, the largest stands where k of n would.
  `bq_sketch_count(s) AS CASE WHEN s IS NULL THEN 0 WHEN len(s) < 6 + 16 * bq_sketch_size(s) THEN CAST((len(s) - 6) // 16 AS BIGINT)
    ELSE CAST(round((bq_sketch_size(s) - 1) * power(2.0, 52) / CAST(CAST('0x' || substr(s, len(s) - 15, 13) AS BIGINT) AS DOUBLE)) AS BIGINT) END`,
];
