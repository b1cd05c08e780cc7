import type { Options, StatementOf } from '../../sql/parse/syntax.ts';
import { notServed } from '../../sql/sql-error.ts';
import type { Outcome, Work } from '../session.ts';
import { constantOptions, optionValue } from '../table-options.ts';
import { columnField, propertiesBody } from '../table-properties.ts';
import { loadJob } from './load-job.ts';

/** Options of FILES whose name a load job has in another form than `skipLeadingRows` for `skip_leading_rows`. */
const renamed: Readonly<Record<string, string>> = {
  format: 'sourceFormat',
  uris: 'sourceUris',
  enable_logical_types: 'useAvroLogicalTypes',
};
const known =
  /^(format|uris|enable_logical_types|skip_leading_rows|field_delimiter|quote|allow_jagged_rows|allow_quoted_newlines|null_markers?|max_bad_records|encoding|ignore_unknown_values|preserve_ascii_control_characters|source_column_match|time_zone|(date|datetime|time|timestamp)_format)$/;

function filesOf(options: Options): Record<string, unknown> {
  const files: Record<string, unknown> = {};
  for (const { name, value } of options) {
    if (!known.test(name)) throw notServed(`The option ${name} of LOAD DATA`, value.at);
    const field = renamed[name] ?? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    files[field] =
      value.kind === 'array' ? value.items.map((item) => optionValue(item, name)) : optionValue(value, name);
  }
  if (files.sourceFormat === 'JSON') files.sourceFormat = 'NEWLINE_DELIMITED_JSON';
  return files;
}

/** LOAD DATA: a load job in the words of a statement. */
export async function loadData(s: StatementOf<'load'>, work: Work): Promise<Outcome> {
  const { session, setting } = work;
  const { project, dataset, table } = session.engine.locate(s.table, setting.place, s.at);
  const options = await constantOptions(s.properties.options, work);
  const { timePartitioning, rangePartitioning, clustering, ...described } = propertiesBody(
    { ...s.properties, options },
    undefined,
  );
  const load = {
    ...filesOf(await constantOptions(s.files, work)),
    ...(timePartitioning && { timePartitioning }),
    ...(rangePartitioning !== undefined && { rangePartitioning }),
    ...(clustering !== undefined && { clustering }),
    destinationTableProperties: described,
    destinationTable: { projectId: project, datasetId: dataset, tableId: table },
    writeDisposition: s.overwrite ? 'WRITE_TRUNCATE' : 'WRITE_APPEND',
    ...(s.columns
      ? { schema: { fields: s.columns.map(columnField) } }
      : { autodetect: s.overwrite || !session.engine.metadata.table(project, dataset, table) }),
  };
  const { warnings } = await loadJob({ load }, { project, ...session.outside }).work(session);
  return { statementType: 'LOAD_DATA', ...(warnings && { warnings }) };
}
