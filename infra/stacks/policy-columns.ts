import type { Arguments } from './terraform.ts';

const columnTypes = new Set(
  'STRING BYTES INTEGER INT64 FLOAT FLOAT64 NUMERIC BIGNUMERIC BOOLEAN BOOL TIMESTAMP DATE TIME DATETIME GEOGRAPHY JSON RECORD STRUCT'.split(
    ' ',
  ),
);
const keyTypes = new Set(
  'STRING INTEGER INT64 NUMERIC BIGNUMERIC BOOLEAN BOOL TIMESTAMP DATE DATETIME'.split(' '),
);

interface ColumnJson {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly mode?: unknown;
  readonly fields?: unknown;
}

/** The schema is one string to Terraform, so a column of type INT63 only fails in the cloud. */
export function* columnProblems(args: Arguments): Iterable<string> {
  const columns = parse(args.schema);
  if (!columns) return yield 'schema is not a JSON list of columns';
  yield* problemsIn(columns, '');

  const types = new Map(columns.map(({ name, type }) => [name, String(type)]));
  const key = listIn(args, 'table_constraints', 'primary_key', 'columns');
  const clustering = list(args.clustering);
  for (const column of [...key, ...clustering]) {
    if (!types.has(column))
      yield `${String(column)} is a key or clustering column but no column of the schema`;
  }
  for (const column of key) {
    const type = types.get(column);
    if (type !== undefined && !keyTypes.has(type))
      yield `${String(column)} of type ${type} cannot be part of a key`;
  }
  if (clustering.length > 4) yield `clusters by ${clustering.length} columns, BigQuery by at most 4`;
  if (key.length > 16) yield `has a key of ${key.length} columns, BigQuery takes at most 16`;
  if (key.length > 0 && args.require_partition_filter === true) {
    yield 'requires a partition filter, which upserts by key cannot give';
  }
  const field = first(args.time_partitioning)?.field;
  if (field !== undefined && !['TIMESTAMP', 'DATE', 'DATETIME'].includes(types.get(field) ?? '')) {
    yield `is partitioned by ${String(field)}, which is no TIMESTAMP, DATE or DATETIME column`;
  }
}

function* problemsIn(columns: readonly ColumnJson[], within: string): Iterable<string> {
  const seen = new Set<string>();
  for (const { name, type, mode, fields } of columns) {
    const column = within + String(name);
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,299}$/.test(String(name))) yield `column name ${column} is not allowed`;
    if (seen.has(String(name).toLowerCase())) yield `column ${column} exists twice`;
    seen.add(String(name).toLowerCase());
    if (!columnTypes.has(String(type))) yield `column ${column} has the unknown type ${String(type)}`;
    if (mode !== undefined && !['NULLABLE', 'REQUIRED', 'REPEATED'].includes(String(mode))) {
      yield `column ${column} has the unknown mode ${String(mode)}`;
    }
    if (Array.isArray(fields)) yield* problemsIn(fields, `${column}.`);
  }
}

function parse(schema: unknown): ColumnJson[] | undefined {
  try {
    const columns: unknown = JSON.parse(String(schema));
    return Array.isArray(columns) ? columns : undefined;
  } catch {
    return undefined;
  }
}

function listIn(args: Arguments, ...path: string[]): unknown[] {
  const last = path.pop() ?? '';
  const owner = path.reduce<Arguments | undefined>((at, name) => first(at?.[name]), args);
  return list(owner?.[last]);
}

function first(value: unknown): Arguments | undefined {
  return (Array.isArray(value) ? value[0] : value) as Arguments | undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
