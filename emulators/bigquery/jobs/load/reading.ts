import type { DuckDBValue } from '@duckdb/node-api';
import type { SchemaField } from '../../engine/schema.ts';
import type { CellRules } from '../../rows/cells.ts';
import { castFormat, type FormattedKind } from '../../sql/catalogue/date-formats.ts';

export type Configuration = Readonly<Record<string, unknown>>;

/** How a job says that times are written: formats such as `DD/MM/YYYY`, and the zone of those that name none. */
export type Times = Pick<CellRules, 'timeZone' | 'patterns'>;
const formats: Readonly<Record<string, FormattedKind>> = {
  dateFormat: 'DATE',
  datetimeFormat: 'DATETIME',
  timeFormat: 'TIME',
  timestampFormat: 'TIMESTAMP',
};
export function timesOf(c: Configuration): Times {
  const asked = Object.entries(formats).filter(([name]) => c[name] !== undefined && c[name] !== null);
  return {
    patterns: Object.fromEntries(
      asked.map(([name, kind]) => [kind, castFormat(String(c[name]), kind, false, 0)] as const),
    ),
    ...(c.timeZone !== undefined && { timeZone: String(c.timeZone) }),
  };
}

/** A row that cannot be loaded, and why. */
export interface BadRow {
  readonly bad: string;
}
/** What a file turned out to hold. */
export interface Reading {
  readonly fields: readonly SchemaField[];
  readonly rows: AsyncIterable<readonly (DuckDBValue[] | BadRow)[]>;
}
export const isBad = (row: DuckDBValue[] | BadRow): row is BadRow => !Array.isArray(row);
