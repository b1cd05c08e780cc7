import type { DuckDBValue } from '@duckdb/node-api';
import type { SchemaField } from '../../engine/schema.ts';
import { BadCell, type CellReader, cellReader } from '../../rows/cells.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { type CsvForm, type CsvRecord, csvRecords, quotedEmpty } from './csv-records.ts';
import { columnName, detectedHeader, detectedType } from './detect.ts';
import { type BadRow, type Configuration, type Reading, type Times, timesOf } from './reading.ts';
import { decoded, type Source } from './sources.ts';

interface CsvOptions extends CsvForm {
  readonly skip: number;
  readonly skipGiven: boolean;
  readonly jagged: boolean;
  readonly ignoreUnknown: boolean;
  readonly encoding: string;
  readonly byName: boolean;
  readonly times: Times;
  readonly keepsControls: boolean;
}

function optionsOf(c: Configuration): CsvOptions {
  const delimiter = String(c.fieldDelimiter ?? ',');
  const markers = (c.nullMarkers as readonly string[] | undefined) ?? [String(c.nullMarker ?? '')];
  const quote = String(c.quote ?? '"');
  if (quote.length > 1) throw new SqlError(`Invalid quote character: ${quote}`, undefined, 'invalid');
  return {
    delimiter: /^(\\t|tab)$/i.test(delimiter) ? '\t' : delimiter === '' ? ',' : delimiter,
    quote,
    quotedNewlines: c.allowQuotedNewlines === true,
    nullMarkers: new Set(markers),
    skip: Number(c.skipLeadingRows ?? 0),
    skipGiven: c.skipLeadingRows !== undefined && c.skipLeadingRows !== null,
    jagged: c.allowJaggedRows === true,
    ignoreUnknown: c.ignoreUnknownValues === true,
    encoding: String(c.encoding ?? 'UTF-8'),
    byName: c.sourceColumnMatch === 'NAME',
    times: timesOf(c),
    keepsControls: c.preserveAsciiControlCharacters === true,
  };
}

export async function readCsv(
  sources: readonly Source[],
  given: readonly SchemaField[] | undefined,
  configuration: Configuration,
): Promise<Reading> {
  const options = optionsOf(configuration);
  const detected = given ? { fields: given, skip: options.skip } : await detect(sources, options);
  const { fields, skip } = detected;
  for (const f of fields)
    if (f.mode?.toUpperCase() === 'REPEATED' || /^(RECORD|STRUCT)$/i.test(f.type))
      throw new SqlError(
        `Unsupported field type for CSV: field ${f.name} is ${f.mode?.toUpperCase() === 'REPEATED' ? 'REPEATED' : 'a RECORD'}`,
        undefined,
        'invalid',
      );
  return { fields, rows: rows(sources, fields, { ...options, skip }) };
}

async function* rows(
  sources: readonly Source[],
  fields: readonly SchemaField[],
  options: CsvOptions,
): AsyncGenerator<(DuckDBValue[] | BadRow)[]> {
  for (const source of sources) {
    let skipped = 0;
    const zeros = { seen: false };
    let read = recordReader(fields, options, zeros);
    const text = decoded(source, options.encoding);
    const chunks = options.keepsControls ? text : watched(text, zeros);
    for await (const records of csvRecords(chunks, options)) {
      const taken: (DuckDBValue[] | BadRow)[] = [];
      for (const record of records) {
        if (skipped < options.skip) {
          skipped += 1;
          if (skipped === options.skip && options.byName) read = recordReader(fields, options, zeros, record);
          continue;
        }
        taken.push(read(record));
      }
      yield taken;
    }
  }
}

const erroneous = (position: number): string =>
  `Error detected while parsing row starting at position: ${position}. Error:`;

/** Looking at each chunk once spares looking at each cell. */
async function* watched(chunks: AsyncIterable<string>, zeros: { seen: boolean }): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (chunk.includes('\0')) zeros.seen = true;
    yield chunk;
  }
}

/** Columns stand in the schema's order, or where the header names them. */
function recordReader(
  fields: readonly SchemaField[],
  options: CsvOptions,
  zeros: { readonly seen: boolean },
  header?: CsvRecord,
): (record: CsvRecord) => DuckDBValue[] | BadRow {
  const readers = fields.map((f) => csvCell(f, options));
  const slots = header && slotsOf(fields, header, options);
  const expected = header ? header.cells.length : fields.length;
  return ({ cells, position, broken }) => {
    if (zeros.seen && cells.some((cell) => cell?.includes('\0')))
      return { bad: `${erroneous(position)} Bad character (ASCII 0) encountered.` };
    if (broken !== undefined) return { bad: `${erroneous(position)} ${broken}` };
    if (cells.length > expected && !options.ignoreUnknown)
      return {
        bad: `Too many values in row starting at position: ${position}. Found ${cells.length} column(s) while expected ${expected}.`,
      };
    if (cells.length < expected && !options.jagged)
      return {
        bad: `CSV table references column position ${expected - 1}, but line starting at position:${position} contains only ${cells.length} columns.`,
      };
    const row = new Array<DuckDBValue>(fields.length);
    for (let i = 0; i < fields.length; i++) {
      const cell = cells[slots ? (slots[i] ?? -1) : i] ?? null;
      try {
        row[i] = (readers[i] as CellReader)(cell);
      } catch (error) {
        if (!(error instanceof BadCell)) throw error;
        return { bad: cellError(fields[i] as SchemaField, i, position, cell, error) };
      }
    }
    return row;
  };
}

function slotsOf(fields: readonly SchemaField[], header: CsvRecord, options: CsvOptions): number[] {
  const names = header.cells.map((c) => (c ?? '').toLowerCase());
  const unknown = names.find((n) => !fields.some((f) => f.name.toLowerCase() === n));
  if (unknown !== undefined && !options.ignoreUnknown)
    throw new SqlError(
      `The CSV header names the column ${unknown}, which the schema has not`,
      undefined,
      'invalid',
    );
  return fields.map((f) => names.indexOf(f.name.toLowerCase()));
}

function cellError(
  field: SchemaField,
  at: number,
  position: number,
  cell: string | null,
  error: BadCell,
): string {
  if (cell === null || error.message.startsWith('Field '))
    return `${error.message} Row starting at position: ${position}`;
  const value = cell === quotedEmpty ? '' : cell;
  return `Could not parse '${value.slice(0, 200)}' as ${field.type.toUpperCase()} for field ${field.name} (position ${at}) starting at location ${position} with message '${error.message}'`;
}

/** An empty text is a text; to every other type it is NULL, unless the job named a null marker of its own. */
function csvCell(field: SchemaField, options: CsvOptions): CellReader {
  const read = cellReader(field, {
    ignoreUnknown: false,
    jsonAsText: true,
    ...options.times,
  });
  const isText = /^(STRING|BYTES)$/i.test(field.type);
  const emptyIsNull = !isText && options.nullMarkers.has('');
  return (value) => {
    if (value === quotedEmpty) return read(emptyIsNull ? null : '');
    return read(value);
  };
}

const sampleRows = 500;

async function detect(
  sources: readonly Source[],
  options: CsvOptions,
): Promise<{ fields: SchemaField[]; skip: number }> {
  const [first] = sources;
  const sample: CsvRecord[] = [];
  if (first)
    for await (const records of csvRecords(decoded(first, options.encoding), options)) {
      sample.push(...records);
      if (sample.length >= sampleRows + options.skip) break;
    }
  // A header may stand in the last of the rows to skip.
  const from = options.skipGiven && options.skip > 0 ? options.skip - 1 : 0;
  const [head, ...rest] = sample.slice(from, from + sampleRows).map((r) => r.cells.map(plainText));
  if (!head) return { fields: [], skip: options.skip };
  const header = detectedHeader(head, rest);
  const data = header || (options.skipGiven && options.skip > 0) ? rest : [head, ...rest];
  const width = Math.max(head.length, ...data.map((r) => r.length));
  const taken = new Set<string>();
  const types = Array.from({ length: width }, (_, i) => detectedType(data.map((r) => r[i] ?? null)));
  const fields = types.map((type, i) => {
    const base =
      type === 'INTEGER'
        ? 'int64'
        : type === 'FLOAT'
          ? 'double'
          : type === 'BOOLEAN'
            ? 'bool'
            : type.toLowerCase();
    const name = columnName(header ? (head[i] ?? '') : `${base}_field_${i}`, taken);
    return { name, type, mode: 'NULLABLE' };
  });
  return { fields, skip: options.skipGiven && options.skip > 0 ? options.skip : header ? 1 : 0 };
}
const plainText = (c: string | null): string | null => (c === quotedEmpty ? '' : c);
