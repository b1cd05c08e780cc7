import type { TableBody } from '../engine/metadata.ts';
import { fieldOf, type SchemaField } from '../engine/schema.ts';
import type { ColumnSyntax, Expr, Options, TableProperties, TypeSyntax } from '../sql/parse/syntax.ts';
import { notServed } from '../sql/sql-error.ts';
import { checkParameters } from '../sql/type-parameters.ts';
import { type Type, typeOf } from '../sql/types.ts';
import { millisOfDays, optionsBody, optionText } from './table-options.ts';

export function columnField(c: ColumnSyntax): SchemaField {
  for (const { name, value } of c.options)
    if (name !== 'description' && optionText(c.options, name) !== 'ROUND_HALF_AWAY_FROM_ZERO')
      throw notServed(`The option ${name} of a column`, value.at);
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
  const resolved: Type = typeOf(of, 'anywhere');
  const field = {
    ...fieldOf(name, resolved),
    mode,
    ...(of.collation !== undefined && { collation: of.collation }),
  };
  if (of.name === 'STRUCT')
    return {
      ...field,
      fields: (of.fields ?? []).map((f, i) => {
        if (f.required && mode === 'REPEATED') throw notServed('NOT NULL inside of an ARRAY', f.type.at);
        const { required = false, options = [] } = f;
        return columnField({
          ...{ name: f.name ?? `_field_${i + 1}`, type: f.type, at: f.type.at },
          ...{ required, options },
        });
      }),
    };
  if (!of.parameters) return field;
  checkParameters(resolved.kind, of.parameters, of.at);
  const [first, second] = of.parameters;
  if (/NUMERIC$/.test(resolved.kind))
    return { ...field, precision: String(first), ...(second !== undefined && { scale: String(second) }) };
  return { ...field, maxLength: String(first) };
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
      ...(days !== undefined && { expirationMs: millisOfDays(days) }),
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
