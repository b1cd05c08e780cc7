/** Rows as RFC 4180 has them, the names first; NULL is nothing, and what is nested is JSON. */
export function csvOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const [first] = rows;
  if (!first) return '';
  const names = Object.keys(first);
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\n`;
  return line(names) + rows.map((row) => line(names.map((name) => textOf(row[name])))).join('');
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
