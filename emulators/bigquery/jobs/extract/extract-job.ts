import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { unimplemented } from '../../../frame/index.ts';
import type { TableResource } from '../../engine/metadata.ts';
import type { Staging } from '../../engine/staging.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { quoted, text } from '../../sql/types.ts';
import { sourceTable, type TableReference } from '../copy-job.ts';
import type { JobRequest } from '../job-store.ts';
import { type Objects, parseUri } from '../objects.ts';
import type { Outcome, Session } from '../session.ts';
import { csvFile, jsonFile, type Rows } from './text-files.ts';

type Json = Readonly<Record<string, unknown>>;
interface Around {
  readonly project: string;
  readonly staging: Staging;
  readonly objects: Objects;
}

export function extractJob(configuration: Json, around: Around): JobRequest {
  const extract = (configuration.extract ?? {}) as Json;
  const uris = (extract.destinationUris ??
    (extract.destinationUri ? [extract.destinationUri] : [])) as string[];
  if (uris.length === 0)
    throw new SqlError('Required parameter is missing: destinationUris', undefined, 'required');
  if (extract.sourceModel !== undefined) throw unimplemented('extract.sourceModel');
  const format = String(extract.destinationFormat ?? 'CSV').toUpperCase();
  if (!(format in makers)) throw unimplemented(`An extract job to ${format}`);
  return {
    configuration: { jobType: 'EXTRACT', ...configuration },
    work: (session) => run(session, extract, uris, format as keyof typeof makers, around),
  };
}

type Maker = (work: Work) => Promise<Uint8Array>;
interface Work {
  readonly table: TableResource;
  readonly select: string;
  readonly extract: Json;
  readonly session: Session;
  readonly staging: Staging;
}
const makers: Readonly<Record<'CSV' | 'NEWLINE_DELIMITED_JSON' | 'AVRO' | 'PARQUET', Maker>> = {
  CSV: async (w) =>
    packed(
      csvFile(await rowsOf(w), {
        delimiter: /^(\\t|tab)$/i.test(String(w.extract.fieldDelimiter ?? ','))
          ? '\t'
          : String(w.extract.fieldDelimiter ?? ','),
        header: w.extract.printHeader !== false,
      }),
      w.extract,
    ),
  NEWLINE_DELIMITED_JSON: async (w) => packed(jsonFile(await rowsOf(w)), w.extract),
  AVRO: async (w) => {
    const { avroFile } = await import('./avro-file.ts');
    const logical = w.extract.useAvroLogicalTypes === true;
    return avroFile(await rowsOf(w), logical, String(w.extract.compression ?? 'NONE'));
  },
  PARQUET: parquetFile,
};
const contentTypes = {
  CSV: 'text/csv',
  NEWLINE_DELIMITED_JSON: 'application/json',
  AVRO: 'application/octet-stream',
  PARQUET: 'application/octet-stream',
} as const;

async function run(
  session: Session,
  extract: Json,
  uris: readonly string[],
  format: keyof typeof makers,
  { project, staging, objects }: Around,
): Promise<Outcome> {
  const { table, rows, where } = sourceTable(session, (extract.sourceTable ?? {}) as TableReference, project);
  await session.engine.inflow.settle([table.sql]);
  const names = table.body.schema.fields.map((f) => quoted(f.name)).join(', ');
  const select = `SELECT ${names} FROM ${rows}${where}`;
  const bytes = await makers[format]({ table, select, extract, session, staging });
  const counts: string[] = [];
  // One file holds all; further URIs get what the service gives them when there is little: files without rows.
  for (const uri of uris.slice(0, 1)) {
    const { bucket, name } = parseUri(uri);
    if (name.split('*').length > 2)
      throw new SqlError(
        `Destination URI must not contain the '*' more than once: ${uri}`,
        undefined,
        'invalid',
      );
    await objects.write({ bucket, name: name.replace('*', '000000000000') }, bytes, contentTypes[format]);
    counts.push('1');
  }
  return {
    statementType: 'EXTRACT',
    statistics: { extract: { destinationUriFileCounts: counts, inputBytes: String(bytes.length) } },
  };
}

async function rowsOf({ session, select, table }: Work): Promise<Rows> {
  const reader = await session.connection.runAndReadAll(select);
  return { fields: table.body.schema.fields, columns: table.columns, rows: reader.getRows() };
}

async function packed(file: string, extract: Json): Promise<Uint8Array> {
  const compression = String(extract.compression ?? 'NONE').toUpperCase();
  if (compression === 'NONE') return Buffer.from(file);
  if (compression === 'GZIP') return promisify(gzip)(file);
  throw new SqlError(
    `Invalid value for compression: ${compression} is not valid for this format`,
    undefined,
    'invalid',
  );
}

async function parquetFile({ session, select, extract, staging }: Work): Promise<Uint8Array> {
  const path = staging.newPath();
  const compression = String(extract.compression ?? 'SNAPPY').toUpperCase();
  const codec = { NONE: 'uncompressed', SNAPPY: 'snappy', GZIP: 'gzip', ZSTD: 'zstd' }[compression];
  if (codec === undefined)
    throw new SqlError(
      `Invalid value for compression: ${compression} is not valid for this format`,
      undefined,
      'invalid',
    );
  try {
    await session.connection.run(`COPY (${select}) TO ${text(path)} (FORMAT parquet, COMPRESSION ${codec})`);
    return await readFile(path);
  } finally {
    staging.remove(path);
  }
}
