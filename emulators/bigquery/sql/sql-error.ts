/** `reason` and text as the service words them; `at` is an offset into the statement until the text is known. */
export class SqlError extends Error {
  readonly reason: string;
  readonly at: number | undefined;

  constructor(message: string, at?: number, reason = 'invalidQuery') {
    super(message);
    this.name = 'SqlError';
    this.reason = reason;
    this.at = at;
  }
}

export function fail(message: string, at?: number): never {
  throw new SqlError(message, at);
}

/** BigQuery counts lines and columns from 1 and columns in characters, not in UTF-16 units. */
export function positionOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}

/** Gives the message its `at [line:column]`, once. */
export function located(error: SqlError, text: string): SqlError {
  if (error.at === undefined || / at \[\d+:\d+\]$/.test(error.message)) return error;
  const { line, column } = positionOf(text, error.at);
  return new SqlError(`${error.message} at [${line}:${column}]`, undefined, error.reason);
}

export function notServed(what: string, at?: number): SqlError {
  return new SqlError(`${what} is not supported by the emulator`, at);
}
