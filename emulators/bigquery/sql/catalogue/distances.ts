import { SqlError } from '../sql-error.ts';
import { duckFields, quoted } from '../types.ts';
import { type Bound, type Entry, raise, special } from './entry.ts';

/** A sparse vector, ARRAY<STRUCT<index, magnitude>>, with names for its fields that are always the same. */
function sparse(sql: string, { variables, at }: Bound): string {
  const type = variables.get('T');
  const fields = type?.kind === 'STRUCT' ? type.fields : [];
  const [index, magnitude] = fields.map((f) => f.type.kind);
  if (fields.length !== 2 || !/^(INT64|STRING)$/.test(index ?? '') || magnitude !== 'FLOAT64')
    throw new SqlError('A vector is an ARRAY of FLOAT64, or of STRUCTs of an index and a FLOAT64', at);
  const [k = '', v = ''] = duckFields(fields).map(quoted);
  return `list_transform(${sql}, lambda bq_e: struct_pack(k := bq_e.${k}, v := bq_e.${v}))`;
}

const ofSparse =
  (macro: string) =>
  ([a = '', b = '']: string[], bound: Bound): string =>
    `${macro}(${sparse(a, bound)}, ${sparse(b, bound)})`;

const zero = raise('Cannot compute cosine distance against zero vector', 'DOUBLE');

export const distances: readonly Entry[] = [
  special(
    'COSINE_DISTANCE',
    [
      [
        'ARRAY<FLOAT64>, ARRAY<FLOAT64>',
        'FLOAT64',
        ([a, b]) =>
          `CASE WHEN bq_same_length(${a}, ${b}) THEN CASE WHEN list_inner_product(${a}, ${a}) = 0 OR list_inner_product(${b}, ${b}) = 0 THEN ${zero} ELSE 1 - list_inner_product(${a}, ${b}) / (sqrt(list_inner_product(${a}, ${a})) * sqrt(list_inner_product(${b}, ${b}))) END END`,
      ],
      ['ARRAY<T>, ARRAY<T>', 'FLOAT64', ofSparse('bq_sparse_cosine')],
    ],
    [
      ['COSINE_DISTANCE([1.0, 0.0], [0.0, 1.0])', 1],
      ['COSINE_DISTANCE([1.0], [1.0, 2.0])', 'error'],
      ['COSINE_DISTANCE([0.0], [1.0])', 'error'],
      ["ROUND(COSINE_DISTANCE([('x', 3.0), ('y', 4.0)], [('y', 4.0)]), 9)", 0.2],
      ['COSINE_DISTANCE([(1, 1.0)], [(2, 1.0)])', 1],
      ['COSINE_DISTANCE([(1, 1.0), (1, 2.0)], [(2, 1.0)])', 'error'],
      ['COSINE_DISTANCE([(1, 0.0)], [(2, 1.0)])', 'error'],
      ["COSINE_DISTANCE(['x'], ['y'])", 'error'],
    ],
  ),
  special(
    'EUCLIDEAN_DISTANCE',
    [
      [
        'ARRAY<FLOAT64>, ARRAY<FLOAT64>',
        'FLOAT64',
        ([a, b]) => `CASE WHEN bq_same_length(${a}, ${b}) THEN list_distance(${a}, ${b}) END`,
      ],
      ['ARRAY<T>, ARRAY<T>', 'FLOAT64', ofSparse('bq_sparse_distance')],
    ],
    [
      ['EUCLIDEAN_DISTANCE([1.0, 2.0], [4.0, 6.0])', 5],
      ['EUCLIDEAN_DISTANCE([(7, 3.0), (9, 1.0)], [(9, 1.0), (2, 4.0)])', 5],
    ],
  ),
];

export const distanceMacros: readonly string[] = [
  'bq_sparse_at(l, i) AS coalesce(list_sum(list_transform(list_filter(l, lambda bq_x: bq_x.k = i), lambda bq_x: bq_x.v)), 0)',
  'bq_sparse_dot(a, b) AS coalesce(list_sum(list_transform(a, lambda bq_e: bq_e.v * bq_sparse_at(b, bq_e.k))), 0)',
  `bq_sparse_vector(l) AS CASE WHEN len(list_distinct(list_transform(l, lambda bq_e: bq_e.k))) <> len(l) OR len(list_filter(l, lambda bq_e: bq_e.v IS NULL)) > 0 THEN ${raise('A vector has each index once, and no NULL', 'BOOLEAN')} ELSE l IS NOT NULL END`,
  `bq_sparse_cosine(a, b) AS CASE WHEN bq_sparse_vector(a) AND bq_sparse_vector(b) THEN CASE WHEN bq_sparse_dot(a, a) = 0 OR bq_sparse_dot(b, b) = 0 THEN ${zero} ELSE 1 - bq_sparse_dot(a, b) / (sqrt(bq_sparse_dot(a, a)) * sqrt(bq_sparse_dot(b, b))) END END`,
  'bq_sparse_rest(a, b) AS coalesce(list_sum(list_transform(a, lambda bq_e: CASE WHEN len(list_filter(b, lambda bq_x: bq_x.k = bq_e.k)) = 0 THEN bq_e.v * bq_e.v ELSE 0 END)), 0)',
  'bq_sparse_distance(a, b) AS CASE WHEN bq_sparse_vector(a) AND bq_sparse_vector(b) THEN sqrt(coalesce(list_sum(list_transform(a, lambda bq_e: (bq_e.v - bq_sparse_at(b, bq_e.k)) ** 2)), 0) + bq_sparse_rest(b, a)) END',
];
