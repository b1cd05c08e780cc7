import { kindOf, type SchemaField } from '../../engine/schema.ts';
import type { Bench } from '../../testing.ts';
import type { Answer, Value } from './evaluators.ts';

interface Row {
  readonly f: readonly { readonly v: unknown }[];
}

/** The emulator's answer in the form that the evaluators' have; undefined where it refuses. */
export async function answerOf(bench: Bench, sql: string): Promise<Answer | undefined> {
  const body = {
    query: sql,
    useLegacySql: false,
    formatOptions: { useInt64Timestamp: true },
    timeoutMs: 60_000,
  };
  const found = await bench.send('POST', '/projects/lab/queries', body).catch(() => null);
  if (!found) return undefined;
  const { schema, rows = [] } = found as {
    schema?: { fields?: readonly SchemaField[] };
    rows?: readonly Row[];
  };
  const fields = schema?.fields ?? [];
  return {
    types: fields.map(typeOf),
    rows: rows.map((row) => row.f.map(({ v }, i) => read(v, fields[i] as SchemaField))),
  };
}

const names: Readonly<Record<string, string>> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL' };

function typeOf(field: SchemaField): string {
  // A field without a name is called by its place over REST.
  const inner = (f: SchemaField): string => `${/^_field_\d+$/.test(f.name) ? '' : `${f.name} `}${typeOf(f)}`;
  const one =
    field.type === 'RECORD'
      ? `STRUCT<${(field.fields ?? []).map(inner).join(', ')}>`
      : (kindOf(field) ?? names[field.type] ?? field.type);
  return field.mode === 'REPEATED' ? `ARRAY<${one}>` : one;
}

function read(value: unknown, field: SchemaField): Value {
  if (field.mode === 'REPEATED')
    return ((value ?? []) as { v: unknown }[]).map((item) => read(item.v, { ...field, mode: 'NULLABLE' }));
  if (value === null || value === undefined) return null;
  if (field.type === 'RECORD') return (field.fields ?? []).map((f, i) => read((value as Row).f[i]?.v, f));
  const text = String(value);
  if (field.rangeElementType) {
    const element = { name: '', type: field.rangeElementType.type };
    const ends = text.slice(1, -1).split(', ');
    return `[${ends.map((end) => (end === 'UNBOUNDED' ? end : read(end, element))).join(', ')})`;
  }
  if (field.type === 'TIMESTAMP') return instant(BigInt(text));
  if (/^(TIME|DATETIME|INTERVAL)$/.test(field.type))
    return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return text;
}

function instant(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${seconds}${fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`}Z`;
}

const isOrdered = (sql: string): boolean => /ORDER BY[^)]*$/i.test(sql);
const isFloat = (value: Value): value is string =>
  typeof value === 'string' && /^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$/i.test(value);

function sameValue(a: Value, b: Value, type: string): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((x, i) => sameValue(x as Value, b[i] as Value, type));
  return a === b || (/FLOAT64/.test(type) && isFloat(a) && isFloat(b) && Number(a) === Number(b));
}

/** What differs, or undefined. Rows are compared as a bag where the statement does not order them. */
export function difference(sql: string, ours: Answer, theirs: Answer): string | undefined {
  const rows = ({ rows: all }: Answer): readonly (readonly Value[])[] =>
    isOrdered(sql) ? all : all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (ours.types.join() !== theirs.types.join()) return `types ${ours.types} instead of ${theirs.types}`;
  if (ours.rows.length !== theirs.rows.length)
    return `${ours.rows.length} rows instead of ${theirs.rows.length}`;
  const [a, b] = [rows(ours), rows(theirs)];
  const at = a.findIndex(
    (row, i) => !row.every((v, k) => sameValue(v, b[i]?.[k] ?? null, theirs.types[k] ?? '')),
  );
  return at < 0 ? undefined : `${JSON.stringify(a[at])} instead of ${JSON.stringify(b[at])}`;
}
