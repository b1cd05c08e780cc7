import { unimplemented } from '../../../frame/index.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { quoted } from '../../sql/types.ts';
import { sourceTable, type TableReference } from '../copy-job.ts';
import type { JobRequest } from '../job-store.ts';
import type { Outcome, Session } from '../session.ts';
import { checkFormat, writeFile } from './written-file.ts';

type Json = Readonly<Record<string, unknown>>;

export function extractJob(configuration: Json, project: string): JobRequest {
  const extract = (configuration.extract ?? {}) as Json;
  const uris = (extract.destinationUris ??
    (extract.destinationUri ? [extract.destinationUri] : [])) as string[];
  if (uris.length === 0)
    throw new SqlError('Required parameter is missing: destinationUris', undefined, 'required');
  if (extract.sourceModel !== undefined) throw unimplemented('extract.sourceModel');
  checkFormat(extract);
  return {
    configuration: { jobType: 'EXTRACT', ...configuration },
    work: (session) => run(session, extract, uris, project),
  };
}

async function run(
  session: Session,
  extract: Json,
  uris: readonly string[],
  project: string,
): Promise<Outcome> {
  const { table, rows, where } = sourceTable(session, (extract.sourceTable ?? {}) as TableReference, project);
  await session.engine.inflow.settle([table.sql]);
  const names = table.body.schema.fields.map((f) => quoted(f.name)).join(', ');
  const { fields } = table.body.schema;
  const answer = { fields, columns: table.columns, select: `SELECT ${names} FROM ${rows}${where}` };
  // One file holds all: the service, too, shares rows out to further URIs as it likes.
  const bytes = await writeFile(session, answer, extract, uris[0] ?? '');
  return {
    statementType: 'EXTRACT',
    statistics: {
      extract: {
        destinationUriFileCounts: uris.map((_, i) => (i === 0 ? '1' : '0')),
        inputBytes: String(bytes),
      },
    },
  };
}
