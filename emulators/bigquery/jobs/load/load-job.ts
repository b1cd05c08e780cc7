import { unimplemented } from '../../../frame/index.ts';
import { type SchemaField, validateFields } from '../../engine/schema.ts';
import type { Staging } from '../../engine/staging.ts';
import { Stage } from '../../rows/stage.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { countOf } from '../asked-values.ts';
import { type Arriving, type Destination, deliver, destinationOf, destinationTable } from '../destination.ts';
import type { JobRequest } from '../job-store.ts';
import type { Objects } from '../objects.ts';
import type { Outcome, Session } from '../session.ts';
import { readCsv } from './csv.ts';
import { readJson } from './ndjson.ts';
import { parquetRelation } from './parquet.ts';
import { type Configuration, isBad, type Reading } from './reading.ts';
import { type Source, storedSources, uploadedSource } from './sources.ts';

interface Around {
  readonly project: string;
  readonly staging: Staging;
  readonly objects: Objects;
  /** The file that came with the request. */
  readonly uploaded?: string;
}
const refused = [
  'hivePartitioningOptions',
  'projectionFields',
  'jsonExtension',
  'columnNameCharacterMap',
  'decimalTargetTypes',
  'fileSetSpecType',
  'referenceFileSchemaUri',
];

export function loadJob(configuration: Configuration, around: Around): JobRequest {
  const load = (configuration.load ?? {}) as Configuration;
  const destination = destinationOf(load, around.project, 'WRITE_APPEND');
  for (const name of refused) if (load[name] !== undefined) throw unimplemented(`load.${name}`);
  return {
    configuration: { jobType: 'LOAD', ...configuration },
    work: async (session) => {
      const sources = await sourcesOf(load, around);
      try {
        return await run(session, load, destination, sources);
      } finally {
        for (const source of sources) source.dispose();
      }
    },
  };
}

async function sourcesOf(load: Configuration, around: Around): Promise<Source[]> {
  if (around.uploaded !== undefined) return [await uploadedSource(around.uploaded, around.staging)];
  const uris = (load.sourceUris ?? []) as readonly string[];
  if (uris.length === 0)
    throw new SqlError('Required parameter is missing: sourceUris', undefined, 'required');
  return storedSources(uris, around.objects, around.staging);
}

async function run(
  session: Session,
  load: Configuration,
  destination: Destination,
  sources: readonly Source[],
): Promise<Outcome> {
  const existing = destinationTable(session, destination);
  const explicit = (load.schema as { fields?: readonly SchemaField[] } | undefined)?.fields;
  if (explicit) validateFields(explicit);
  const overwrites = destination.write === 'WRITE_TRUNCATE' && destination.partition === undefined;
  const known =
    explicit ??
    (existing && !(load.autodetect === true && overwrites) ? existing.body.schema.fields : undefined);
  const { arriving, warnings } = await arrive(session, load, sources, known);
  const rows = await deliver(session, destination, arriving);
  return {
    statementType: 'LOAD',
    ...(warnings.length > 0 && { warnings: warnings.map((message) => ({ reason: 'invalid', message })) }),
    statistics: {
      load: {
        inputFiles: String(sources.length),
        inputFileBytes: String(sources.reduce((sum, s) => sum + s.size, 0)),
        outputRows: String(rows),
        outputBytes: String(sources.reduce((sum, s) => sum + s.size, 0)),
        badRecords: String(warnings.length),
      },
    },
  };
}

async function arrive(
  session: Session,
  load: Configuration,
  sources: readonly Source[],
  known: readonly SchemaField[] | undefined,
): Promise<{ arriving: Arriving; warnings: readonly string[] }> {
  const format = String(load.sourceFormat ?? 'CSV').toUpperCase();
  if (format === 'PARQUET')
    return { arriving: await parquetRelation(session, sources, known, load), warnings: [] };
  if (format === 'AVRO') {
    // Loaded by who needs it: the emulator is to be ready at once.
    const { readAvro } = await import('./avro.ts');
    return staged(session, load, await readAvro(sources, known, load));
  }
  if (format !== 'CSV' && format !== 'NEWLINE_DELIMITED_JSON')
    throw unimplemented(`A load job of the source format ${format}`);
  if (!known && load.autodetect !== true)
    throw new SqlError('Schema is required: no schema specified on job or table.', undefined, 'invalid');
  return staged(
    session,
    load,
    format === 'CSV' ? await readCsv(sources, known, load) : await readJson(sources, known, load),
  );
}

/** Bad rows up to the limit are left out and told; one more and nothing is loaded. */
async function staged(
  session: Session,
  load: Configuration,
  { fields, rows }: Reading,
): Promise<{ arriving: Arriving; warnings: readonly string[] }> {
  const limit = countOf(load.maxBadRecords, 0, 'maxBadRecords');
  const bad: string[] = [];
  if (fields.length === 0) throw new SqlError('Schema has no fields.', undefined, 'invalid');
  validateFields(fields);
  const stage = await Stage.open(session.connection, '_load', fields);
  try {
    for await (const batch of rows) {
      if (session.cancelled) throw new SqlError('Job execution was cancelled', undefined, 'stopped');
      for (const row of batch) {
        if (!isBad(row)) stage.add(row);
        else if (bad.push(`Error while reading data, error message: ${row.bad}`) > limit)
          throw tooManyErrors(load, stage.rows, bad, limit);
      }
    }
  } finally {
    stage.close();
  }
  return { arriving: { fields, relation: stage.name }, warnings: bad };
}

function tooManyErrors(load: Configuration, good: number, bad: readonly string[], limit: number): SqlError {
  const kind = String(load.sourceFormat ?? 'CSV').toUpperCase() === 'CSV' ? 'CSV processing' : 'JSON table';
  return new SqlError(
    `Error while reading data, error message: ${kind} encountered too many errors, giving up. Rows: ${good + bad.length}; errors: ${bad.length}; max bad: ${limit}; error percent: 0; first: ${bad[0]?.replace('Error while reading data, error message: ', '')}`,
    undefined,
    'invalid',
  );
}
