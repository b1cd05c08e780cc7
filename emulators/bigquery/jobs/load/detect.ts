import type { SchemaField } from '../../engine/schema.ts';
import { clockMicros, dateDays, timestampMicros } from '../../rows/instants.ts';

/** The narrowest type that all values of a column have. */
export function detectedType(values: readonly (string | null)[]): string {
  const present = values.filter((v) => v !== null && v !== '') as string[];
  if (present.length === 0) return 'STRING';
  for (const [type, fits] of types) if (present.every(fits)) return type;
  return 'STRING';
}

const types: readonly (readonly [string, (v: string) => boolean])[] = [
  ['INTEGER', (v) => /^[+-]?\d{1,18}$/.test(v)],
  ['FLOAT', (v) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(v)],
  ['BOOLEAN', (v) => /^(true|false)$/i.test(v)],
  ['DATE', (v) => /^\d{4}-\d{1,2}-\d{1,2}$/.test(v) && dateDays(v) !== undefined],
  ['TIMESTAMP', (v) => /\d[ Tt]\d/.test(v) && timestampMicros(v) !== undefined],
  ['TIME', (v) => /^\d{1,2}:\d{2}:\d{2}/.test(v) && clockMicros(v) !== undefined],
];

/** A first row of texts only, above a column that holds something else. */
export function detectedHeader(
  head: readonly (string | null)[],
  rest: readonly (readonly (string | null)[])[],
): boolean {
  if (rest.length === 0 || head.some((c) => c === null || detectedType([c]) !== 'STRING')) return false;
  return head.some((_, i) => detectedType(rest.map((r) => r[i] ?? null)) !== 'STRING');
}

/** A name that a column may have, made of what the file calls it. */
export function columnName(raw: string, taken: Set<string>): string {
  const clean = raw.trim().replace(/[^A-Za-z0-9_]/g, '_');
  const base = clean === '' || /^\d/.test(clean) ? `_${clean}` : clean;
  let name = base;
  for (let i = 1; taken.has(name.toLowerCase()); i++) name = `${base}_${i}`;
  taken.add(name.toLowerCase());
  return name;
}

type Json = Readonly<Record<string, unknown>>;

/** The schema of the objects of a JSON file. */
export function detectedFields(records: readonly Json[]): SchemaField[] {
  const names = [...new Set(records.flatMap((r) => Object.keys(r)))];
  return names.map((name) =>
    detectedField(
      name,
      records.map((r) => r[name]),
    ),
  );
}

function detectedField(name: string, values: readonly unknown[]): SchemaField {
  const present = values.filter((v) => v !== null && v !== undefined);
  if (present.length > 0 && present.every(Array.isArray))
    return { ...detectedField(name, present.flat() as unknown[]), mode: 'REPEATED' };
  if (present.length > 0 && present.every((v) => typeof v === 'object' && !Array.isArray(v)))
    return { name, type: 'RECORD', mode: 'NULLABLE', fields: detectedFields(present as Json[]) };
  const texts = present.map((v) => (typeof v === 'object' ? JSON.stringify(v) : String(v)));
  return { name, type: detectedType(texts), mode: 'NULLABLE' };
}
