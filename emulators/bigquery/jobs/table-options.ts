import type { TableBody } from '../engine/metadata.ts';
import { Scope } from '../sql/analyze/scope.ts';
import { intervalText, readIntervalRange } from '../sql/native/intervals.ts';
import type { Expr, LiteralType, Options } from '../sql/parse/syntax.ts';
import { notServed, SqlError } from '../sql/sql-error.ts';
import { coerce } from '../sql/typed.ts';
import type { Type } from '../sql/types.ts';
import type { Work } from './session.ts';

export function optionText(options: Options, name: string): string | undefined {
  const value = options.find((o) => o.name === name)?.value;
  return value?.kind === 'literal' && value.type !== 'NULL' ? value.value : undefined;
}
/** Of a literal, as REST would carry it. */
export function optionValue(e: Expr, name: string): string | boolean {
  if (e.kind !== 'literal') throw notServed(`This value of the option ${name}`, e.at);
  return e.type === 'BOOL' ? /^true$/i.test(e.value) : e.value;
}
const isNull = (e: Expr): boolean => e.kind === 'literal' && e.type === 'NULL';

interface Property {
  readonly field:
    | keyof TableBody
    | 'defaultCollation'
    | 'description'
    | 'friendlyName'
    | 'labels'
    | 'defaultTableExpirationMs';
  readonly read: (value: Expr, name: string) => unknown;
}

const literal =
  (type: LiteralType, make: (text: string) => unknown) =>
  (e: Expr, name: string): unknown => {
    if (e.kind !== 'literal' || e.type !== type)
      throw new SqlError(`The option ${name} needs a value of type ${type}`, e.at);
    return make(e.value);
  };
const text = literal('STRING', (t) => t);
export const millisOfDays = (days: string): string => String(Math.round(Number(days) * 86_400_000));

function days(e: Expr, name: string): string {
  if (e.kind !== 'literal' || !(e.type === 'INT64' || e.type === 'FLOAT64'))
    throw new SqlError(`The option ${name} needs a number of days`, e.at);
  return millisOfDays(e.value);
}

function labels(e: Expr, name: string): Record<string, string> {
  const pairs = e.kind === 'array' ? e.items.map((i) => (i.kind === 'struct' ? i.items : [])) : undefined;
  const texts = pairs?.map((pair) => pair.map(({ value }) => String(text(value, name))));
  if (!texts?.every((pair) => pair.length === 2))
    throw new SqlError(`The option ${name} needs an array of pairs`, e.at);
  return Object.fromEntries(texts as [string, string][]);
}

/** As the service shows an interval: years-months days hours:minutes:seconds. */
function staleness(e: Expr): string {
  if (e.kind !== 'interval' || e.amount.kind !== 'literal') throw notServed('This max_staleness', e.at);
  return intervalText(readIntervalRange(e.amount.value, e.part, e.to ?? e.part));
}

const properties: Readonly<Record<string, Property>> = {
  description: { field: 'description', read: text },
  friendly_name: { field: 'friendlyName', read: text },
  labels: { field: 'labels', read: labels },
  require_partition_filter: {
    field: 'requirePartitionFilter',
    read: literal('BOOL', (t) => t.toUpperCase() === 'TRUE'),
  },
  expiration_timestamp: { field: 'expirationTime', read: literal('TIMESTAMP', (millis) => millis) },
  max_staleness: { field: 'maxStaleness', read: staleness },
  'default collate': { field: 'defaultCollation', read: text },
  default_table_expiration_days: { field: 'defaultTableExpirationMs', read: days },
};
/** Read with the partitions or the dataset's place; the rest says how a view is kept fresh, which it always is here. */
const elsewhere = ['partition_expiration_days', 'location', 'enable_refresh', 'refresh_interval_minutes'];

/** NULL takes a property away: its field is there, and undefined. */
export function optionsBody(options: Options): Partial<TableBody> {
  const body: Record<string, unknown> = {};
  for (const { name, value } of options) {
    const property = properties[name];
    if (property) body[property.field] = isNull(value) ? undefined : property.read(value, name);
    else if (!elsewhere.includes(name)) throw notServed(`The option ${name}`, value.at);
  }
  return body as Partial<TableBody>;
}

/** What a table that is there already becomes: its partitions have options of their own. */
export function alteredBody(before: TableBody, options: Options): Partial<TableBody> {
  const body = optionsBody(options);
  const expiration = options.find((o) => o.name === 'partition_expiration_days')?.value;
  const { expirationMs, requirePartitionFilter, ...partitioning } = before.timePartitioning ?? {};
  if (expiration && !before.timePartitioning)
    throw new SqlError('partition_expiration_days is for tables partitioned by time', expiration.at);
  if (!before.timePartitioning || !(expiration || 'requirePartitionFilter' in body)) return body;
  const kept = expiration
    ? isNull(expiration)
      ? undefined
      : days(expiration, 'partition_expiration_days')
    : expirationMs;
  // The filter may have been asked for in either place; from now on there is one.
  const asked = { requirePartitionFilter: requirePartitionFilter ?? false };
  return {
    ...(requirePartitionFilter !== undefined && asked),
    ...body,
    timePartitioning: { ...partitioning, ...(kept !== undefined && { expirationMs: kept }) },
  };
}

const timestamp: Type = { kind: 'TIMESTAMP' };
const scalars = ['TIMESTAMP', 'STRING', 'BOOL', 'INT64', 'FLOAT64'];
const computed = ['call', 'cast', 'case', 'name', 'parameter', 'system'];

/** Options may be any constant expression: worked out here, so that all that reads them sees literals. */
export async function constantOptions(options: Options, work: Work): Promise<Options> {
  const found: Options[number][] = [];
  for (const option of options) {
    // A text there is a TIMESTAMP, in any form and zone that SQL reads.
    const isInstant = option.name === 'expiration_timestamp' && !isNull(option.value);
    const isOpen = isInstant || computed.includes(option.value.kind);
    found.push(isOpen ? { ...option, value: await constant(option, isInstant, work) } : option);
  }
  return found;
}

/** Microseconds since the epoch. */
export async function instantOf(e: Expr, { session, a }: Work): Promise<bigint> {
  const { sql } = coerce(a.expression(e, new Scope()), timestamp, e.at);
  const [row] = (await session.connection.runAndReadAll(`SELECT epoch_us(${sql})`)).getRows();
  if (typeof row?.[0] !== 'bigint') throw new SqlError('FOR SYSTEM_TIME AS OF needs a time', e.at);
  return row[0];
}

async function constant(
  { name, value }: Options[number],
  isInstant: boolean,
  { session, a }: Work,
): Promise<Expr> {
  const own = a.expression(value, new Scope());
  const { sql, type } = isInstant ? coerce(own, timestamp, value.at) : own;
  if (!scalars.includes(type.kind)) throw notServed(`This value of the option ${name}`, value.at);
  const reader = await session.connection.runAndReadAll(
    `SELECT CAST(${type.kind === 'TIMESTAMP' ? `epoch_ms(${sql})` : sql} AS VARCHAR)`,
  );
  const [result = null] = reader.getRows()[0] ?? [];
  return {
    kind: 'literal',
    type: result === null ? 'NULL' : (type.kind as LiteralType),
    value: String(result),
    at: value.at,
  };
}
