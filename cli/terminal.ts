const colours = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90 } as const;

export type Colour = keyof typeof colours;

/** Colour only where a person looks: on a terminal, unless NO_COLOR is set. */
export function paint(colour: Colour, words: string): string {
  const wanted = process.stderr.isTTY && process.stdout.isTTY && !process.env.NO_COLOR;
  return wanted ? `\u001b[${colours[colour]}m${words}\u001b[0m` : words;
}

/** Words for a person; they go to standard error so that standard output stays the command's answer. */
export function say(words: string): void {
  process.stderr.write(`${words}\n`);
}

export function print(words: string): void {
  process.stdout.write(`${words}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Rows as columns; numbers stand right. */
export function tableOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const [first] = rows;
  if (!first) return '(no rows)';
  const columns = Object.keys(first);
  const cells = rows.map((row) => columns.map((column) => cellOf(row[column])));
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const right = columns.map((column) => rows.every((row) => isNumeric(row[column])));
  const line = (words: readonly string[]) =>
    words
      .map((word, i) => (right[i] ? word.padStart(widths[i] ?? 0) : word.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value).replaceAll('\n', '\\n');
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}
