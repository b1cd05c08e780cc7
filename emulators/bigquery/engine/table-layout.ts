import { SqlError } from '../sql/sql-error.ts';
import type { TableBody } from './metadata.ts';
import { rangeOf } from './partitions.ts';
import { restName, type SchemaField } from './schema.ts';

const invalid = (message: string): never => {
  throw new SqlError(message, undefined, 'invalid');
};

/** That partitions, clusters and keys are of columns that the table has; the first two also of types that can be. */
export function checkLayout(body: TableBody): void {
  checkPartitioning(body);
  const clusters = (body.clustering as { fields?: readonly string[] } | undefined)?.fields ?? [];
  const primary = body.tableConstraints?.primaryKey?.columns ?? [];
  for (const name of primary) {
    const type = restName(fieldNamed(body, name, 'primary key').type);
    if (type === 'RANGE') invalid(`A column of type ${type} cannot be part of a primary key: ${name}`);
  }
  if (primary.length > 16) invalid('A primary key has at most 16 columns');
  if (clusters.length > 4) invalid(`A table is clustered by at most 4 columns, got ${clusters.length}`);
  for (const name of clusters) {
    const field = fieldNamed(body, name, 'clustering');
    const type = restName(field.type);
    if (field.collation) invalid(`Clustering by a column with a collation is not supported: ${name}`);
    if (field.mode?.toUpperCase() === 'REPEATED' || !clustered.test(type))
      invalid(
        `CLUSTER BY expression must be a top-level, non-repeated column of a type that can be sorted; ${name} is ${field.mode?.toUpperCase() === 'REPEATED' ? 'REPEATED' : type}`,
      );
  }
}
const clustered = /^(BIGNUMERIC|BOOLEAN|DATE|DATETIME|INTEGER|NUMERIC|RANGE|STRING|TIMESTAMP)$/;

function fieldNamed(body: TableBody, name: string, what: string): SchemaField {
  return (
    body.schema.fields.find((f) => f.name.toLowerCase() === name.toLowerCase()) ??
    invalid(`The field specified for ${what} cannot be found in the schema: ${name}`)
  );
}

function checkPartitioning(body: TableBody): void {
  const time = body.timePartitioning;
  const byRange = rangeOf(body);
  if (time && byRange) invalid('Only one of timePartitioning and rangePartitioning may be set.');
  if (time && !/^(HOUR|DAY|MONTH|YEAR)$/.test(String(time.type)))
    invalid(`Invalid value for timePartitioning.type: ${String(time.type)} is not a valid value`);
  if (time?.field !== undefined) {
    const type = restName(fieldNamed(body, time.field, 'partitioning').type);
    if (!/^(DATE|TIMESTAMP|DATETIME)$/.test(type))
      invalid(
        `The field specified for partitioning can only be of type TIMESTAMP, DATE or DATETIME. The type found is: ${type}.`,
      );
    if (type === 'DATE' && time.type === 'HOUR')
      invalid(`A DATE column cannot be partitioned by the hour: ${time.field}`);
  }
  if (!byRange) return;
  const { field, range } = byRange;
  if (restName(fieldNamed(body, field, 'partitioning').type) !== 'INTEGER')
    invalid(`The field specified for range partitioning must be of type INTEGER: ${field}`);
  if (!(Number(range?.interval) > 0 && Number(range.end) > Number(range.start)))
    invalid('rangePartitioning.range needs start, end and interval, with start < end and interval > 0');
}
