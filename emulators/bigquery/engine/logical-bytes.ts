import { duckFields, quoted, type Type } from '../sql/types.ts';

const fixed: Readonly<Record<string, number>> = {
  INT64: 8,
  FLOAT64: 8,
  BOOL: 1,
  NUMERIC: 16,
  BIGNUMERIC: 32,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
  INTERVAL: 16,
  'RANGE<DATE>': 16,
  'RANGE<DATETIME>': 16,
  'RANGE<TIMESTAMP>': 16,
};

/** What a value counts for a query's bytes, by the service's table of data sizes, as DuckDB computes it. */
export function bytesOf(type: Type, sql: string, depth = 0): string {
  const size = fixed[type.kind];
  const present = ((): string => {
    if (size !== undefined) return String(size);
    if (type.kind === 'BYTES') return `2 + octet_length(${sql})`;
    if (type.kind === 'ARRAY') {
      // Not a name that a column might have: DuckDB would take the column's.
      const item = `_item_${depth}_`;
      return `coalesce(list_sum(list_transform(${sql}, lambda ${item}: ${bytesOf(type.of, item, depth + 1)})), 0)`;
    }
    if (type.kind === 'STRUCT') {
      const names = duckFields(type.fields);
      return (
        type.fields.map((f, i) => bytesOf(f.type, `${sql}.${quoted(names[i] ?? '')}`, depth)).join(' + ') ||
        '0'
      );
    }
    return `2 + strlen(CAST(${sql} AS VARCHAR))`;
  })();
  return `(CASE WHEN ${sql} IS NULL THEN 0 ELSE ${present} END)`;
}
