import { kindName, type SchemaField } from '../../engine/schema.ts';

/** What a file's column may become where the table, or the job, says otherwise. */
const widens: Readonly<Record<string, readonly string[]>> = {
  INT64: ['FLOAT64', 'NUMERIC', 'TIMESTAMP'],
  STRING: ['JSON'],
  JSON: ['STRING'],
};

/** A self-describing file's fields, each as the table knows it where the two agree. */
export function asKnown(
  found: readonly SchemaField[],
  known: readonly SchemaField[] | undefined,
): readonly SchemaField[] {
  if (!known) return found;
  return found.map((field) => {
    const wanted = known.find((k) => k.name.toLowerCase() === field.name.toLowerCase());
    if (!wanted) return field.mode === 'REQUIRED' ? { ...field, mode: 'NULLABLE' } : field;
    const [from, to] = [kindName(field), kindName(wanted)];
    const agree = from === to || (widens[from] ?? []).includes(to);
    return agree && (field.mode === 'REPEATED') === (wanted.mode?.toUpperCase() === 'REPEATED')
      ? wanted
      : field;
  });
}
