import { bigquerySchema } from './bigquery-schema.ts';
import { expectation } from './careful-value.ts';
import type { Field } from './column.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventPart, type EventType, events, eventTypes } from './events.ts';
import { exampleEvents } from './example-events.ts';
import { icebergSchema } from './iceberg-schema.ts';
import { deadReasons } from './outcome.ts';
import { type Table, tables } from './tables.ts';

/** docs/data-dictionary.md, whole. */
export function dataDictionary(): string {
  const sections = [
    '# Data dictionary',
    'Generated from `contracts/` by `orderlake contract generate`; edit the contract, not this page.',
    '## Messages',
    'Every message is JSON with the envelope and the parts of its event. What a message has beyond them is kept in `additional_fields`.',
    `### The envelope (repeated as attributes)\n\n${messageTable(envelopeFields)}`,
    ...eventTypes.map(eventSection),
    '## Tables',
    ...(Object.values(tables) as Table[]).map(tableSection),
    '## Why a message is dead',
    'Stable codes in `dead_letters.reason`:',
    deadReasons.map((reason) => `- \`${reason}\``).join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

function eventSection(type: EventType): string {
  const { description, schemaVersion, parts } = events[type];
  const example = JSON.stringify(exampleEvents[type], null, 2);
  return [
    `### \`${type}\`, version ${schemaVersion}`,
    description,
    `\`\`\`json\n${example}\n\`\`\``,
    ...parts.map((part) => partSection(type, part)),
  ].join('\n\n');
}

function partSection(type: EventType, { name, fields, atLeast }: EventPart): string {
  const title = `\`${name}\`${atLeast === undefined ? '' : ', each'}`;
  const same = eventTypes.find((other) =>
    events[other].parts.some((part: EventPart) => part.name === name && part.fields === fields),
  );
  if (same !== undefined && same !== type) return `${title}: as in \`${same}\`.`;
  return `${title}:\n\n${messageTable(fields)}`;
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
