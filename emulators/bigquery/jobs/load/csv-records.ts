/** A file's records with what stood between the delimiters: null where that was the null marker. */
export interface CsvRecord {
  readonly cells: (string | null)[];
  /** In characters from the file's beginning, which are bytes as long as the file is ASCII. */
  readonly position: number;
  /** Why it is no record at all. */
  readonly broken?: string;
}
export interface CsvForm {
  readonly delimiter: string;
  /** Empty: there are no quotes. */
  readonly quote: string;
  readonly quotedNewlines: boolean;
  readonly nullMarkers: ReadonlySet<string>;
}

/** Stands for a quoted empty text, which no null marker matches. */
export const quotedEmpty = '\u0000quoted';

export async function* csvRecords(chunks: AsyncIterable<string>, form: CsvForm): AsyncGenerator<CsvRecord[]> {
  let held = '';
  let position = 0;
  for await (const chunk of chunks) {
    held += chunk;
    const { records, end } = cut(held, position, form, false);
    held = held.slice(end);
    position += end;
    if (records.length > 0) yield records;
  }
  if (held !== '') yield cut(held, position, form, true).records;
}

/** As many whole records as the text holds. */
function cut(
  text: string,
  position: number,
  form: CsvForm,
  last: boolean,
): { records: CsvRecord[]; end: number } {
  const records: CsvRecord[] = [];
  let at = 0;
  // Looked for once and again only when passed: a file without quotes is searched for them once a chunk.
  let quoteAt = form.quote === '' ? -1 : text.indexOf(form.quote);
  while (at < text.length) {
    let newline = text.indexOf('\n', at);
    if (newline < 0) {
      if (!last) break;
      newline = text.length;
    }
    if (quoteAt >= 0 && quoteAt < at) quoteAt = text.indexOf(form.quote, at);
    if (quoteAt < 0 || quoteAt >= newline) {
      const line = withoutReturn(text.slice(at, newline));
      if (line !== '') records.push({ cells: plain(line, form), position: position + at });
      at = newline + 1;
      continue;
    }
    const found = quotedRecord(text, at, form, last);
    if (!found) break;
    records.push({ ...found.record, position: position + at });
    at = found.end;
  }
  return { records, end: Math.min(at, text.length) };
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

function plain(line: string, { delimiter, nullMarkers }: CsvForm): (string | null)[] {
  const cells: (string | null)[] = line.split(delimiter);
  // Nearly always it is the empty text alone, and to look a cell up in a set is to hash it.
  const longest = nullMarkers.size === 1 && nullMarkers.has('') ? 0 : line.length;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as string;
    if (cell.length <= longest && nullMarkers.has(cell)) cells[i] = null;
  }
  return cells;
}

/** Undefined when the record's end is not in the text yet. */
function quotedRecord(
  text: string,
  start: number,
  form: CsvForm,
  last: boolean,
): { record: Omit<CsvRecord, 'position'>; end: number } | undefined {
  const { quote, delimiter, nullMarkers } = form;
  const cells: (string | null)[] = [];
  let at = start;
  for (;;) {
    let cell: string | null;
    if (text[at] === quote) {
      const closed = quotedCell(text, at + 1, quote);
      if (!closed) {
        if (!last && form.quotedNewlines) return undefined;
        const end = text.indexOf('\n', at);
        if (!last && end < 0) return undefined;
        return broken(`Missing close quote character (${quote}).`, end < 0 ? text.length : end + 1);
      }
      if (!form.quotedNewlines && closed.value.includes('\n'))
        return broken(`Missing close quote character (${quote}).`, text.indexOf('\n', at) + 1);
      cell = closed.value === '' ? quotedEmpty : closed.value;
      at = closed.end;
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      if (at >= text.length && !last) return undefined;
      if (at < text.length && text[at] !== '\n' && !text.startsWith(delimiter, at)) {
        const end = text.indexOf('\n', at);
        if (end < 0 && !last) return undefined;
        return broken(
          `Data between close quote character (${quote}) and field separator.`,
          end < 0 ? text.length : end + 1,
        );
      }
    } else {
      const newline = text.indexOf('\n', at);
      const next = text.indexOf(delimiter, at);
      if (newline < 0 && next < 0 && !last) return undefined;
      const end = Math.min(newline < 0 ? text.length : newline, next < 0 ? text.length : next);
      const value =
        end === newline || end === text.length ? withoutReturn(text.slice(at, end)) : text.slice(at, end);
      cell = nullMarkers.has(value) ? null : value;
      at = end;
    }
    cells.push(cell);
    if (at >= text.length || text[at] === '\n') return { record: { cells }, end: at + 1 };
    at += delimiter.length;
  }
}

const broken = (why: string, end: number): { record: Omit<CsvRecord, 'position'>; end: number } => ({
  record: { cells: [], broken: why },
  end,
});

/** From after the opening quote; a doubled quote stands for one. */
function quotedCell(text: string, from: number, quote: string): { value: string; end: number } | undefined {
  let value = '';
  let at = from;
  for (;;) {
    const close = text.indexOf(quote, at);
    if (close < 0) return undefined;
    value += text.slice(at, close);
    if (text[close + 1] !== quote) return { value, end: close + 1 };
    value += quote;
    at = close + 2;
  }
}
