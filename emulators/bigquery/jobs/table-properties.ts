import type { TableBody } from '../engine/metadata.ts';
import { fieldOf, type SchemaField } from '../engine/schema.ts';
import type { ColumnSyntax, Expr, Options, TableProperties, TypeSyntax } from '../sql/parse/syntax.ts';
import { notServed, SqlError } from '../sql/sql-error.ts';
import { type Type, typeOf } from '../sql/types.ts';

export function columnField(c: ColumnSyntax): SchemaField {
  const mode = c.type.name === 'ARRAY' ? 'REPEATED' : c.required ? 'REQUIRED' : 'NULLABLE';
  const description = optionText(c.options, 'description');
  return {
    ...typedField(c.name, c.type, mode),
    ...(description !== undefined && { description }),
    ...(c.default !== undefined && { defaultValueExpression: c.default }),
  };
}

export function typedField(name: string, type: TypeSyntax, mode: string): SchemaField {
  const of = type.name === 'ARRAY' && type.of ? type.of : type;
  const resolved: Type = typeOf(of);
  const field = { ...fieldOf(name, resolved), mode };
  if (of.name === 'STRUCT')
    return {
      ...field,
      fields: (of.fields ?? []).map((f, i) =>
        typedField(f.name ?? `_field_${i + 1}`, f.type, f.type.name === 'ARRAY' ? 'REPEATED' : 'NULLABLE'),
      ),
    };
  const [first, second] = of.parameters ?? [];
  if (first === undefined) return field;
  if (resolved.kind === 'STRING') return { ...field, maxLength: String(first) };
  if (resolved.kind === 'NUMERIC')
    return { ...field, precision: String(first), ...(second !== undefined && { scale: String(second) }) };
  throw new SqlError(`${of.name} does not take parameters`, of.at);
}

export function propertiesBody(
  p: TableProperties,
  primaryKey: readonly string[] | undefined,
): Partial<TableBody> {
  return {
    ...optionsBody(p.options),
    ...(p.partition && partitioning(p.partition, p.options)),
    ...(p.cluster.length > 0 && { clustering: { fields: p.cluster } }),
    ...(primaryKey && { tableConstraints: { primaryKey: { columns: primaryKey } } }),
  };
}

/** `d`, `DATE(ts)`, `TIMESTAMP_TRUNC(ts, HOUR)`, `DATE_TRUNC(d, MONTH)`, `RANGE_BUCKET(n, GENERATE_ARRAY(a, b, c))`. */
function partitioning(e: Expr, options: Options): Partial<TableBody> {
  const days = optionText(options, 'partition_expiration_days');
  const timed = (type: string, field?: string): Partial<TableBody> => ({
    timePartitioning: {
      type,
      ...(field !== undefined && { field }),
      ...(days !== undefined && { expirationMs: String(Number(days) * 86_400_000) }),
    },
  });
  const arrival = (name: string): boolean => /^_PARTITION(DATE|TIME)$/i.test(name);
  if (e.kind === 'name') return arrival(e.name) ? timed('DAY') : timed('DAY', e.name);
  const [of, part] = e.kind === 'call' ? e.args : [];
  if (e.kind === 'call' && of?.kind === 'name') {
    if (/^(DATE|TIMESTAMP_TRUNC|DATE_TRUNC|DATETIME_TRUNC)$/i.test(e.name))
      return timed(
        part?.kind === 'name' ? part.name.toUpperCase() : 'DAY',
        arrival(of.name) ? undefined : of.name,
      );
    const bounds = part?.kind === 'call' && /^GENERATE_ARRAY$/i.test(part.name) ? part.args.map(wholeOf) : [];
    const [start, end, interval = '1'] = bounds;
    if (/^RANGE_BUCKET$/i.test(e.name) && start !== undefined && end !== undefined)
      return { rangePartitioning: { field: of.name, range: { start, end, interval } } };
  }
  throw notServed('This PARTITION BY expression', e.at);
}

const wholeOf = (e: Expr): string | undefined =>
  e.kind === 'literal' && e.type === 'INT64' ? e.value : undefined;

export function optionText(options: Options, name: string): string | undefined {
  const value = options.find((o) => o.name === name)?.value;
  return value?.kind === 'literal' ? value.value : undefined;
}

const known = new Set([
  'description',
  'labels',
  'friendly_name',
  'require_partition_filter',
  'partition_expiration_days',
  'expiration_timestamp',
  'location',
  'max_staleness',
  'default_table_expiration_days',
  'enable_refresh',
  'refresh_interval_minutes',
]);

export function optionsBody(options: Options): Partial<TableBody> {
  for (const o of options) if (!known.has(o.name)) throw notServed(`The option ${o.name}`, o.value.at);
  const description = optionText(options, 'description');
  const friendlyName = optionText(options, 'friendly_name');
  const labels = options.find((o) => o.name === 'labels')?.value;
  const pairs =
    labels?.kind === 'array'
      ? labels.items.map((i) =>
          i.kind === 'struct' ? i.items.map((f) => (f.value.kind === 'literal' ? f.value.value : '')) : [],
        )
      : undefined;
  const days = optionText(options, 'default_table_expiration_days');
  const expires = options.find((o) => o.name === 'expiration_timestamp')?.value;
  const staleness = options.find((o) => o.name === 'max_staleness')?.value;
  return {
    ...(days !== undefined && { defaultTableExpirationMs: String(Number(days) * 86_400_000) }),
    ...(expires?.kind === 'literal' &&
      expires.type === 'TIMESTAMP' && { expirationTime: String(instantOf(expires)) }),
    ...(staleness?.kind === 'interval' && { maxStaleness: stalenessOf(staleness) }),
    ...(description !== undefined && { description }),
    ...(friendlyName !== undefined && { friendlyName }),
    ...(pairs && { labels: Object.fromEntries(pairs) as Record<string, string> }),
    ...(optionText(options, 'require_partition_filter')?.toUpperCase() === 'TRUE' && {
      requirePartitionFilter: true,
    }),
  };
}

function instantOf(e: Extract<Expr, { kind: 'literal' }>): number {
  const time = Date.parse(
    /[Zz+]|-\d\d(:\d\d)?$/.test(e.value.slice(10)) ? e.value : `${e.value.replace(' ', 'T')}Z`,
  );
  if (Number.isNaN(time)) throw notServed(`The expiration_timestamp ${e.value}`, e.at);
  return time;
}

/** As the service shows an interval: years-months days hours:minutes:seconds. */
function stalenessOf(e: Extract<Expr, { kind: 'interval' }>): string {
  const amount = e.amount.kind === 'literal' ? Number(e.amount.value) : Number.NaN;
  const parts = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'].map((part) =>
    part === e.part ? amount : 0,
  );
  if (Number.isNaN(amount) || !parts.includes(amount)) throw notServed('This max_staleness', e.at);
  const [year, month, day, ...clock] = parts;
  return `${year}-${month} ${day} ${clock.join(':')}`;
}
