import { bigquerySchema } from './bigquery-schema.ts';
import { expectation } from './careful-value.ts';
import type { Field } from './column.ts';
import { envelopeFields } from './envelope-fields.ts';
import { exampleOrder } from './example-order.ts';
import { icebergSchema } from './iceberg-schema.ts';
import { itemFields, orderFields, paymentFields } from './order-fields.ts';
import { deadReasons } from './outcome.ts';
import { type Table, tables } from './tables.ts';

/** docs/data-dictionary.md, whole. */
export function dataDictionary(): string {
  const parts: readonly (readonly [string, readonly Field[]])[] = [
    ['The envelope (repeated as attributes)', envelopeFields],
    ['`order`', orderFields],
    ['`order_items`, each', itemFields],
    ['`order_payments`, each', paymentFields],
  ];
  const sections = [
    '# Data dictionary',
    'Generated from `contracts/` by `dataDictionary()`; edit the contract, not this page.',
    '## The message `order.placed`, version 1',
    `\`\`\`json\n${JSON.stringify(exampleOrder, null, 2)}\n\`\`\``,
    ...parts.map(([title, fields]) => `### ${title}\n\n${messageTable(fields)}`),
    '## Tables',
    ...(Object.values(tables) as Table[]).map(tableSection),
    '## Why a message is dead',
    'Stable codes in `dead_letters.reason`:',
    deadReasons.map((reason) => `- \`${reason}\``).join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

function messageTable(fields: readonly Field[]): string {
  return markdown(
    ['field', 'required', 'accepted', 'put right', 'meaning'],
    fields.map((field) => [
      `\`${field.name}\``,
      field.required ? 'yes' : 'no',
      expectation(field),
      field.corrections.join(', '),
      field.description,
    ]),
  );
}

function tableSection(table: Table): string {
  const bigquery = bigquerySchema(table);
  const iceberg = icebergSchema(table);
  const rows = table.columns.map((column, i) => [
    `\`${column.name}\``,
    bigquery[i]?.type === 'NUMERIC' ? 'NUMERIC(12, 2)' : (bigquery[i]?.type ?? ''),
    iceberg.fields[i]?.type ?? '',
    String(column.fieldId),
    column.required ? 'yes' : 'no',
    column.description,
  ]);
  const facts = [
    `Rows are ${table.kind === 'upsert' ? 'replaced by key' : 'only added'}; key: ${table.key.join(', ')}.`,
    table.partitionBy === undefined ? '' : `One partition per day of \`${table.partitionBy}\`.`,
  ];
  const head = ['column', 'BigQuery', 'Iceberg', 'id', 'required', 'meaning'];
  return [`### ${table.name}`, `${table.description} ${facts.join(' ')}`, markdown(head, rows)].join('\n\n');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
