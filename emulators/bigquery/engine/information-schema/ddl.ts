import type { Body, ForeignKey, TableResource } from '../metadata.ts';
import { arrivalColumn, isByArrival, rangeOf, unitOf } from '../partitions.ts';
import type { SchemaField } from '../schema.ts';
import { fieldTypeName } from './columns.ts';
import { tableOptions } from './options.ts';

const options = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.length === 0 ? '' : `\nOPTIONS(\n${pairs.map(([k, v]) => `  ${k}=${v}`).join(',\n')}\n)`;

/** The statement that would make the table anew, in the service's layout. */
export function tableDdl(t: TableResource): string {
  const name = `\`${t.project}.${t.dataset}.${t.table}\``;
  const own = options(tableOptions(t).map((o) => [o.name, o.value] as const));
  const view = t.body.view ?? t.body.materializedView;
  if (view) return `CREATE ${t.body.type.replace('_', ' ')} ${name}${own}\nAS ${view.query};`;
  const key = t.body.tableConstraints?.primaryKey?.columns;
  const parts = [
    ...t.body.schema.fields.map(columnDdl),
    ...(key ? [`PRIMARY KEY (${key.join(', ')}) NOT ENFORCED`] : []),
    ...(t.body.tableConstraints?.foreignKeys ?? []).map(foreignKeyDdl),
  ];
  const cluster = (t.body.clustering as { fields?: readonly string[] } | undefined)?.fields ?? [];
  const columns = `(\n${parts.map((p) => `  ${p}`).join(',\n')}\n)`;
  const partition = partitionDdl(t);
  return `CREATE TABLE ${name}\n${columns}${collateDdl(t.body)}${partition && `\nPARTITION BY ${partition}`}${cluster.length > 0 ? `\nCLUSTER BY ${cluster.join(', ')}` : ''}${own};`;
}

/** Of a dataset or a table. */
export const collateDdl = ({ defaultCollation }: Body): string =>
  defaultCollation ? `\nDEFAULT COLLATE '${defaultCollation}'` : '';

function foreignKeyDdl({ name, referencedTable: of, columnReferences: columns = [] }: ForeignKey): string {
  const own = columns.map((c) => c.referencingColumn).join(', ');
  const other = columns.map((c) => c.referencedColumn).join(', ');
  return `${name === undefined ? '' : `CONSTRAINT ${name} `}FOREIGN KEY (${own}) REFERENCES \`${of?.projectId}.${of?.datasetId}.${of?.tableId}\`(${other}) NOT ENFORCED`;
}

function columnDdl(f: SchemaField): string {
  const required = f.mode?.toUpperCase() === 'REQUIRED' ? ' NOT NULL' : '';
  const otherwise = f.defaultValueExpression ? ` DEFAULT ${f.defaultValueExpression}` : '';
  const description = f.description ? ` OPTIONS(description=${JSON.stringify(f.description)})` : '';
  return `${f.name} ${typeDdl(f)}${otherwise}${required}${description}`;
}

function typeDdl(f: SchemaField): string {
  const repeated = f.mode?.toUpperCase() === 'REPEATED';
  if (!f.fields) {
    const collate = f.collation === undefined ? '' : ` COLLATE '${f.collation}'`;
    return repeated ? fieldTypeName(f).replace(/>$/, `${collate}>`) : fieldTypeName(f) + collate;
  }
  const fields = `STRUCT<${f.fields.map(columnDdl).join(', ')}>`;
  return repeated ? `ARRAY<${fields}>` : fields;
}

function partitionDdl({ body }: TableResource): string {
  const range = rangeOf(body);
  if (range)
    return `RANGE_BUCKET(${range.field}, GENERATE_ARRAY(${range.range.start}, ${range.range.end}, ${range.range.interval}))`;
  if (!body.timePartitioning) return '';
  const unit = unitOf(body);
  if (isByArrival(body))
    return unit === 'DAY' ? `DATE(${arrivalColumn})` : `TIMESTAMP_TRUNC(${arrivalColumn}, ${unit})`;
  const field = body.timePartitioning.field ?? '';
  const type = body.schema.fields.find((f) => f.name === field)?.type.toUpperCase() ?? 'DATE';
  if (type === 'DATE') return unit === 'DAY' ? field : `DATE_TRUNC(${field}, ${unit})`;
  return unit === 'DAY' && type === 'TIMESTAMP' ? `DATE(${field})` : `${type}_TRUNC(${field}, ${unit})`;
}
