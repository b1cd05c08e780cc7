import type { DuckDBValue } from '@duckdb/node-api';
import type { SchemaField } from '../../engine/schema.ts';
import { BadCell, type CellReader, cellReader } from '../../rows/cells.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { countOf } from '../asked-values.ts';
import { type CsvForm, type CsvRecord, csvRecords, quotedEmpty } from './csv-records.ts';
import { columnName, detectedHeader, detectedType } from './detect.ts';
import { type BadRow, type Configuration, type Reading, type Times, timesOf } from './reading.ts';
import { decoded, type Source } from './sources.ts';

interface CsvOptions extends CsvForm {
  readonly delimiterGiven: boolean;
  readonly skip: number;
  readonly skipGiven: boolean;
  readonly jagged: boolean;
  readonly ignoreUnknown: boolean;
  readonly encoding: string;
  readonly byName: boolean;
  readonly times: Times;
  readonly keepsControls: boolean;
}

const invalid = (message: string): SqlError => new SqlError(message, undefined, 'invalid');

function optionsOf(c: Configuration): CsvOptions {
  const delimiter = String(c.fieldDelimiter || ',').replace(/^(\\t|tab)$/i, '\t');
  const markers = c.nullMarkers as readonly string[] | undefined;
  const quote = String(c.quote ?? '"');
  if (quote.length > 1) throw invalid(`Invalid quote character: ${quote}`);
  if (delimiter.length > 1)
    throw invalid(`Field delimiter must be a single character, found: "${delimiter}"`);
  if (markers?.length && c.nullMarker !== undefined && c.nullMarker !== null)
    throw invalid('Only one of nullMarker and nullMarkers may be set.');
  return {
    delimiter,
    delimiterGiven: Boolean(c.fieldDelimiter),
    quote,
    quotedNewlines: c.allowQuotedNewlines === true,
    nullMarkers: new Set(markers?.length ? markers : [String(c.nullMarker ?? '')]),
    skip: countOf(c.skipLeadingRows, 0, 'skipLeadingRows'),
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
  const asked = optionsOf(configuration);
  const detected = given ? { fields: given, form: asked } : await detect(sources, asked);
  const { fields, form } = detected;
  for (const f of fields)
    if (f.mode?.toUpperCase() === 'REPEATED' || /^(RECORD|STRUCT)$/i.test(f.type))
      throw invalid(
        `Unsupported field type for CSV: field ${f.name} is ${f.mode?.toUpperCase() === 'REPEATED' ? 'REPEATED' : 'a RECORD'}`,
      );
  return { fields, rows: rows(sources, fields, form) };
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
    throw invalid(`The CSV header names the column ${unknown}, which the schema has not`);
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
/** Those that the service looks for. */
const delimiters = [',', '|', '\t'];

async function sampleOf([first]: readonly Source[], form: CsvOptions): Promise<CsvRecord[]> {
  const sample: CsvRecord[] = [];
  if (first)
    for await (const records of csvRecords(decoded(first, form.encoding), form)) {
      sample.push(...records);
      if (sample.length >= sampleRows + form.skip) break;
    }
  return sample.slice(0, sampleRows + form.skip);
}

/** The first delimiter that parts all records into equally many cells, or else the usual one. */
async function sampled(
  sources: readonly Source[],
  asked: CsvOptions,
): Promise<{ form: CsvOptions; sample: CsvRecord[] }> {
  let usual: { form: CsvOptions; sample: CsvRecord[] } | undefined;
  for (const delimiter of asked.delimiterGiven ? [] : delimiters) {
    const form = { ...asked, delimiter, quotedNewlines: true };
    const sample = await sampleOf(sources, form);
    const [width = 0, ...others] = sample.slice(asked.skip).map(({ cells }) => cells.length);
    if (width > 1 && others.every((other) => other === width)) return { form, sample };
    usual ??= { form, sample };
  }
  const form = { ...asked, quotedNewlines: true };
  return usual ?? { form, sample: await sampleOf(sources, form) };
}

async function detect(
  sources: readonly Source[],
  asked: CsvOptions,
): Promise<{ fields: SchemaField[]; form: CsvOptions }> {
  const { form, sample } = await sampled(sources, asked);
  // A header may stand in the last of the rows to skip; where the job says that none are to be skipped there is none.
  const { skip, skipGiven } = asked;
  const [head, ...rest] = sample.slice(Math.max(0, skip - 1)).map((r) => r.cells.map(plainText));
  if (!head) return { fields: [], form };
  const header = !(skipGiven && skip === 0) && detectedHeader(head, rest);
  const data = header || skip > 0 ? rest : [head, ...rest];
  const width = Math.max(head.length, ...data.map((r) => r.length));
  const taken = new Set<string>();
  const types = Array.from({ length: width }, (_, i) => detectedType(data.map((r) => r[i] ?? null)));
  const fields = types.map((type, i) => {
    const base = unnamed[type] ?? type.toLowerCase();
    const name = columnName(header ? (head[i] ?? '') : `${base}_field_${i}`, taken);
    return { name, type, mode: 'NULLABLE' };
  });
  return { fields, form: { ...form, skip: skip || Number(header) } };
}
const unnamed: Readonly<Record<string, string>> = { INTEGER: 'int64', FLOAT: 'double', BOOLEAN: 'bool' };
const plainText = (c: string | null): string | null => (c === quotedEmpty ? '' : c);
