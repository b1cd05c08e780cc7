import type { DuckDBValue } from '@duckdb/node-api';
import type { SchemaField } from '../../engine/schema.ts';
import { type Cell, cellOf } from '../../engine/values.ts';
import type { ColumnInfo } from '../../sql/analyze/relation.ts';
import { SqlError } from '../../sql/sql-error.ts';
import type { Type } from '../../sql/types.ts';

export interface Rows {
  readonly fields: readonly SchemaField[];
  readonly columns: readonly ColumnInfo[];
  readonly rows: readonly (readonly DuckDBValue[])[];
}

export function csvFile({ columns, rows }: Rows, form: { delimiter: string; header: boolean }): string {
  for (const c of columns)
    if (c.type.kind === 'ARRAY' || c.type.kind === 'STRUCT')
      throw new SqlError(
        `Operation cannot be performed on a nested schema. Field: ${c.name}`,
        undefined,
        'invalid',
      );
  const cell = (text: string): string =>
    /["\r\n]/.test(text) || text.includes(form.delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = rows.map((row) =>
    columns
      .map((c, i) => {
        const value = row[i] ?? null;
        // NULL is nothing between the delimiters; an empty text is told from it by its quotes.
        return value === null ? '' : value === '' ? '""' : cell(plainText(value, c.type));
      })
      .join(form.delimiter),
  );
  const head = form.header ? [columns.map((c) => cell(c.name)).join(form.delimiter)] : [];
  return [...head, ...lines].map((line) => `${line}\n`).join('');
}

/** As REST rows have it, but instants as a person would write them and whole floats without their point. */
export function plainText(value: DuckDBValue, type: Type): string {
  const text = String(cellOf(value, type, true));
  if (type.kind === 'TIMESTAMP') return `${instantText(BigInt(text))} UTC`;
  if (type.kind === 'DATETIME') return text.replace('T', ' ');
  return type.kind === 'FLOAT64' ? text.replace(/\.0$/, '') : text;
}

function instantText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  return fraction === 0n ? seconds : `${seconds}.${fraction.toString().padStart(6, '0')}`;
}

/** INT64 and NUMERIC are texts, as in the service's files; fields that are NULL are left out. */
export function jsonFile({ columns, rows }: Rows): string {
  return rows
    .map((row) => {
      const entries = columns.map((c, i) => [c.name, jsonValue(row[i] ?? null, c.type)] as const);
      return `${JSON.stringify(Object.fromEntries(entries.filter(([, v]) => v !== null)))}\n`;
    })
    .join('');
}

function jsonValue(value: DuckDBValue, type: Type): unknown {
  return value === null && type.kind !== 'ARRAY' ? null : fromCell(cellOf(value, type, true), type);
}

function fromCell(cell: Cell, type: Type): unknown {
  if (type.kind === 'ARRAY') return (cell as { v: Cell }[]).map(({ v }) => fromCell(v, type.of));
  if (cell === null) return null;
  if (type.kind === 'STRUCT')
    return Object.fromEntries(
      type.fields
        .map(
          (f, i) =>
            [
              f.name ?? `_field_${i + 1}`,
              fromCell((cell as { f: { v: Cell }[] }).f[i]?.v ?? null, f.type),
            ] as const,
        )
        .filter(([, v]) => v !== null),
    );
  const text = String(cell);
  switch (type.kind) {
    case 'BOOL':
      return text === 'true';
    case 'FLOAT64':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'TIMESTAMP':
      return `${instantText(BigInt(text))} UTC`;
    case 'JSON':
      return JSON.parse(text);
    default:
      return text;
  }
}
