import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { unimplemented } from '../../../frame/index.ts';
import type { SchemaField } from '../../engine/schema.ts';
import type { ColumnInfo } from '../../sql/analyze/relation.ts';
import { notServed, SqlError } from '../../sql/sql-error.ts';
import { holds, text, typeName } from '../../sql/types.ts';
import { parseUri } from '../objects.ts';
import type { Session } from '../session.ts';
import { csvFile, jsonFile, type Rows } from './text-files.ts';

/** Rows that are to be a file, as a query of DuckDB's. */
export interface Answer {
  readonly fields: readonly SchemaField[];
  readonly columns: readonly ColumnInfo[];
  readonly select: string;
}
/** destinationFormat, compression, fieldDelimiter, printHeader, useAvroLogicalTypes: as an extract job has them. */
export type FileForm = Readonly<Record<string, unknown>>;

type Maker = (session: Session, answer: Answer, form: FileForm) => Promise<Uint8Array>;
const makers: Readonly<Record<string, { type: string; make: Maker }>> = {
  CSV: {
    type: 'text/csv',
    make: async (session, answer, form) => {
      const delimiter = String(form.fieldDelimiter ?? ',');
      const file = csvFile(await rowsOf(session, answer), {
        delimiter: /^(\\t|tab)$/i.test(delimiter) ? '\t' : delimiter,
        header: form.printHeader !== false,
      });
      return packed(file, form);
    },
  },
  NEWLINE_DELIMITED_JSON: {
    type: 'application/json',
    make: async (session, answer, form) => packed(jsonFile(await rowsOf(session, answer)), form),
  },
  AVRO: {
    type: 'application/octet-stream',
    make: async (session, answer, form) => {
      const { avroFile } = await import('./avro-file.ts');
      const logical = form.useAvroLogicalTypes === true;
      return avroFile(await rowsOf(session, answer), logical, String(form.compression ?? 'NONE'));
    },
  },
  PARQUET: { type: 'application/octet-stream', make: parquetFile },
};

export function checkFormat(form: FileForm): { type: string; make: Maker } {
  const format = String(form.destinationFormat ?? 'CSV').toUpperCase();
  const maker = makers[format];
  if (!maker) throw unimplemented(`A file of the format ${format}`);
  return maker;
}

/** The number of bytes that were written. */
export async function writeFile(
  session: Session,
  answer: Answer,
  form: FileForm,
  uri: string,
): Promise<number> {
  const { bucket, name } = parseUri(uri);
  if (name.split('*').length > 2)
    throw new SqlError(
      `Destination URI must not contain the '*' more than once: ${uri}`,
      undefined,
      'invalid',
    );
  const { type, make } = checkFormat(form);
  const range = answer.columns.find((c) => holds(c.type, /^RANGE/));
  if (range) throw notServed(`The column ${range.name} of type ${typeName(range.type)} in a file`);
  const bytes = await make(session, answer, form);
  await session.outside.objects.write({ bucket, name: name.replace('*', '000000000000') }, bytes, type);
  return bytes.length;
}

async function rowsOf({ connection }: Session, { fields, columns, select }: Answer): Promise<Rows> {
  return { fields, columns, rows: (await connection.runAndReadAll(select)).getRows() };
}

const invalidCompression = (compression: string): SqlError =>
  new SqlError(
    `Invalid value for compression: ${compression} is not valid for this format`,
    undefined,
    'invalid',
  );

async function packed(file: string, form: FileForm): Promise<Uint8Array> {
  const compression = String(form.compression ?? 'NONE').toUpperCase();
  if (compression === 'NONE') return Buffer.from(file);
  if (compression === 'GZIP') return promisify(gzip)(file);
  throw invalidCompression(compression);
}

async function parquetFile(
  session: Session,
  { select, columns }: Answer,
  form: FileForm,
): Promise<Uint8Array> {
  const foreign = columns.find((c) => holds(c.type, /BIGNUMERIC|INTERVAL/));
  if (foreign)
    throw notServed(`The column ${foreign.name} of type ${typeName(foreign.type)} in a Parquet file`);
  const { staging } = session.outside;
  const path = staging.newPath();
  const compression = String(form.compression ?? 'SNAPPY').toUpperCase();
  const codec = { NONE: 'uncompressed', SNAPPY: 'snappy', GZIP: 'gzip', ZSTD: 'zstd' }[compression];
  if (codec === undefined) throw invalidCompression(compression);
  try {
    await session.connection.run(`COPY (${select}) TO ${text(path)} (FORMAT parquet, COMPRESSION ${codec})`);
    return await readFile(path);
  } finally {
    staging.remove(path);
  }
}
