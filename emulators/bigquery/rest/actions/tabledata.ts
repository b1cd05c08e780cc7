import { createTable } from '../../engine/definitions.ts';
import { notFound } from '../../engine/errors.ts';
import type { TableResource } from '../../engine/metadata.ts';
import { decorated, partitionCondition } from '../../engine/partitions.ts';
import type { SentRow } from '../../rows/streamed-rows.ts';
import { insertRows } from '../../rows/streamed-rows.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { quoted } from '../../sql/types.ts';
import { type Api, etagOf, type Json, type Method, text } from '../api.ts';
import { resultRequest, rowsOf } from '../query-result.ts';
import { pickedCell, pickedFields } from '../selected-fields.ts';
import { datasetOf } from './datasets.ts';

type Path = Readonly<Record<string, string>>;

/** The table, and what of it the decorator leaves. */
function target(api: Api, path: Path): { table: TableResource; partition?: string } {
  const { project, dataset } = datasetOf(api, path);
  const { table, partition } = decorated(path.table ?? '');
  const found = api.engine.metadata.table(project, dataset, table);
  if (!found) throw notFound('Table', `${project}:${dataset}.${table}`);
  return { table: found, ...(partition !== undefined && { partition }) };
}

async function insertAll(api: Api, path: Path, body: Json): Promise<Json> {
  const { table, partition } = target(api, path);
  const rows = body.rows as readonly SentRow[] | undefined;
  if (!Array.isArray(rows) || rows.length === 0)
    throw new SqlError('No rows present in the request.', undefined, 'invalid');
  if (rows.length > 50_000)
    throw new SqlError(
      'Too many rows present in the request. Please reduce it to 50000.',
      undefined,
      'invalid',
    );
  const errors = await insertRows(
    api.engine,
    body.templateSuffix === undefined
      ? table
      : await fromTemplate(api, table, text(body.templateSuffix, 'templateSuffix')),
    rows,
    {
      skipInvalid: body.skipInvalidRows === true,
      ignoreUnknown: body.ignoreUnknownValues === true,
      ...(partition !== undefined && { partition }),
    },
  );
  return {
    kind: 'bigquery#tableDataInsertAllResponse',
    ...(errors.length > 0 && { insertErrors: errors }),
  };
}

async function fromTemplate(api: Api, template: TableResource, suffix: string): Promise<TableResource> {
  const { project, dataset } = template;
  const table = template.table + suffix;
  const find = (): TableResource | undefined => api.engine.metadata.table(project, dataset, table);
  if (!find())
    await api.engine.database.write(async (c) => {
      if (!find())
        await createTable(
          api.engine,
          c,
          { project, dataset, table },
          { defaultCollation: '', ...template.body },
        );
    });
  return find() as TableResource;
}

async function list(api: Api, path: Path, query: URLSearchParams): Promise<Json> {
  const { table, partition } = target(api, path);
  if (table.body.type !== 'TABLE')
    throw new SqlError(`Cannot list a table of type ${table.body.type}.`, undefined, 'invalid');
  const picked = pickedFields(table.body.schema.fields, query.get('selectedFields'));
  const request = resultRequest(
    { maxResults: 10_000, ...Object.fromEntries(query) },
    query.get('formatOptions.useInt64Timestamp'),
  );
  const where =
    partition === undefined ? '' : ` WHERE ${partitionCondition(table.body, table.table, partition)}`;
  await api.engine.inflow.settle([table.sql]);
  const [total, reader] = await api.engine.database.read(async (c) => {
    const count = await c.runAndReadAll(`SELECT count(*) FROM ${table.sql}${where}`);
    const names = picked.map((p) => quoted(p.field.name)).join(', ') || 'NULL';
    return [
      Number(count.getRows()[0]?.[0] ?? 0),
      await c.runAndReadAll(
        `SELECT ${names} FROM ${table.sql}${where} LIMIT ${Math.min(request.size, 100_000)} OFFSET ${request.start}`,
      ),
    ] as const;
  });
  const columns = picked.flatMap((p) => table.columns[p.index] ?? []);
  const read = rowsOf({ columns, rows: reader.getRows() }, { ...request, start: 0 });
  const rows = read.rows.map(({ f }) => ({
    f: picked.map((p, i) => ({ v: pickedCell(f[i]?.v, p) })),
  }));
  const next = request.start + rows.length;
  return {
    kind: 'bigquery#tableDataList',
    etag: etagOf([table.body, total]),
    totalRows: String(total),
    ...(rows.length > 0 && { rows }),
    ...(next < total && rows.length > 0 && { pageToken: String(next) }),
  };
}

export const tabledata: readonly Method[] = [
  {
    name: 'tabledata.insertAll',
    verb: 'POST',
    path: '/datasets/{dataset}/tables/{table}/insertAll',
    answer: (api, { path, body }) => insertAll(api, path, body),
  },
  {
    name: 'tabledata.list',
    verb: 'GET',
    path: '/datasets/{dataset}/tables/{table}/data',
    answer: (api, { path, query }) => list(api, path, query),
  },
];
