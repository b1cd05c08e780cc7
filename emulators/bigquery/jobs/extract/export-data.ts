import { columnOf, fieldOf } from '../../engine/schema.ts';
import type { Options, StatementOf } from '../../sql/parse/syntax.ts';
import { notServed, SqlError } from '../../sql/sql-error.ts';
import { namedColumns, selectNamed } from '../named-columns.ts';
import { parseUri } from '../objects.ts';
import type { Outcome, Work } from '../session.ts';
import { constantOptions, optionValue } from '../table-options.ts';
import { type FileForm, writeFile } from './written-file.ts';

/** As an extract job calls them; a value that is not a literal has been worked out before. */
const formNames: Readonly<Record<string, string>> = {
  format: 'destinationFormat',
  compression: 'compression',
  field_delimiter: 'fieldDelimiter',
  header: 'printHeader',
  use_avro_logical_types: 'useAvroLogicalTypes',
};

function formOf(options: Options): FileForm & { uri?: string; overwrite?: boolean } {
  const form: Record<string, unknown> = { printHeader: false };
  for (const { name, value } of options) {
    const field = formNames[name] ?? (/^(uri|overwrite)$/.test(name) ? name : undefined);
    if (field === undefined) throw notServed(`The option ${name} of EXPORT DATA`, value.at);
    form[field] = optionValue(value, name);
  }
  if (form.destinationFormat === 'JSON') form.destinationFormat = 'NEWLINE_DELIMITED_JSON';
  return form;
}

/** EXPORT DATA: what an extract job does, for the answer of a query. */
export async function exportData(s: StatementOf<'export'>, work: Work): Promise<Outcome> {
  const { session, a } = work;
  const { uri, overwrite, ...form } = formOf(await constantOptions(s.options, work));
  if (uri === undefined || form.destinationFormat === undefined)
    throw new SqlError('EXPORT DATA needs the options uri and format', s.at);
  if (uri.split('*').length !== 2)
    throw new SqlError(`Option 'uri' value must be a wildcard URI with one '*': ${uri}`, s.at);
  const relation = a.statement(s.query);
  await session.settle(a);
  const [prefix = '', suffix = ''] = parseUri(uri).name.split('*');
  const there = await session.outside.objects.list(parseUri(uri).bucket, prefix);
  if (overwrite !== true && there.some((name) => name.endsWith(suffix)))
    throw new SqlError(`There are files at ${uri} already: name another place, or set overwrite=true`, s.at);
  const columns = namedColumns(relation, s.at);
  const fields = columns.map((c) => fieldOf(c.name, c.type));
  const select = selectNamed(relation.sql, columns);
  await writeFile(session, { fields, columns: fields.map(columnOf), select }, form, uri);
  return { statementType: 'EXPORT_DATA' };
}
