import { unimplemented } from '../../../frame/index.ts';
import { kindOf } from '../../engine/copies.ts';
import { createTable, dropTable, updateTable } from '../../engine/definitions.ts';
import { notFound } from '../../engine/errors.ts';
import { type TableBody, type TableResource, tableReference } from '../../engine/metadata.ts';
import { decorated, partitionCondition } from '../../engine/partitions.ts';
import { storedSize } from '../../engine/scanned-bytes.ts';
import { fieldOf, type SchemaField } from '../../engine/schema.ts';
import { namedColumns } from '../../jobs/named-columns.ts';
import { analysisOf } from '../../sql/analyze/analysis.ts';
import { Scope } from '../../sql/analyze/scope.ts';
import { parseScript } from '../../sql/parse/script.ts';
import { SqlError } from '../../sql/sql-error.ts';
import {
  type Api,
  checkEtag,
  etagOf,
  type Json,
  type Method,
  object,
  page,
  patched,
  refuseFields,
  refuseOrders,
  text,
} from '../api.ts';
import { pickedFields } from '../selected-fields.ts';
import { datasetOf } from './datasets.ts';

type Path = Readonly<Record<string, string>>;
const produced = [
  'kind',
  'id',
  'selfLink',
  'etag',
  'tableReference',
  'creationTime',
  'lastModifiedTime',
  'type',
  'numRows',
  'numBytes',
  'location',
  'numLongTermBytes',
  'snapshotDefinition',
  'cloneDefinition',
];
const settings = (body: Json): Json =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !produced.includes(name)));

export function tableOf(api: Api, path: Path): TableResource {
  datasetOf(api, path);
  const { table, partition } = decorated(path.table ?? '');
  if (partition?.startsWith('__PARTITIONS_SUMMARY')) throw unimplemented(`The meta-table ${path.table}`);
  const found = api.engine.metadata.table(path.project ?? '', path.dataset ?? '', table);
  if (!found) throw notFound('Table', `${path.project}:${path.dataset}.${path.table}`);
  return found;
}

const link = (api: Api, t: TableResource): string =>
  `${api.base()}/projects/${t.project}/datasets/${t.dataset}/tables/${t.table}`;

async function resource(api: Api, t: TableResource, query?: URLSearchParams): Promise<Json> {
  const location = api.engine.metadata.dataset(t.project, t.dataset)?.body.location ?? 'US';
  const size = t.body.type !== 'TABLE' || query?.get('view') === 'BASIC' ? {} : await sizeOf(api, t);
  const picked = pickedFields(t.body.schema.fields, query?.get('selectedFields') ?? null);
  return {
    kind: 'bigquery#table',
    etag: etagOf(t.body),
    id: `${t.project}:${t.dataset}.${t.table}`,
    selfLink: link(api, t),
    tableReference: tableReference(t),
    location,
    ...size,
    ...t.body,
    type: kindOf(t.body),
    schema: { fields: picked.map((p) => p.field) },
  };
}

async function sizeOf(api: Api, t: TableResource): Promise<Json> {
  await api.engine.inflow.settle([t.sql]);
  const { rows, bytes } = await api.engine.database.read((c) => storedSize(api.engine, c, t));
  return {
    numRows: String(rows),
    numBytes: String(bytes),
    numLongTermBytes: '0',
    numTotalLogicalBytes: String(bytes),
    numActiveLogicalBytes: String(bytes),
  };
}

/** The body as it is kept, with a schema; a view's is made by its query. */
function kept(api: Api, project: string, body: Json, before?: Json): TableBody {
  refuseFields(body, ['externalDataConfiguration', 'biglakeConfiguration'], 'table');
  refuseOrders(body, 'table');
  const kind = body.materializedView === undefined ? 'view' : 'materializedView';
  const view = object(body[kind]);
  const now = String(Math.floor(api.engine.clock.now()));
  const times = { creationTime: before?.creationTime ?? now, lastModifiedTime: now };
  if (body[kind] !== undefined) {
    const query = text(view.query, `${kind}.query`);
    if (view.useLegacySql === true) throw unimplemented('a view in legacy SQL');
    const kept = object(before?.[kind]).query === query ? (before?.viewColumns as string[]) : undefined;
    const { viewColumns: _, ...described } = body;
    return {
      ...described,
      ...times,
      type: kind === 'view' ? 'VIEW' : 'MATERIALIZED_VIEW',
      [kind]: { ...view, query },
      ...viewColumns(api, project, query, kept),
    };
  }
  const fields = (object(body.schema).fields ?? []) as readonly SchemaField[];
  return { ...body, ...times, type: 'TABLE', schema: { fields } };
}

/** Columns that a statement named beside the query keep these names; those without any are numbered. */
function viewColumns(
  api: Api,
  project: string,
  query: string,
  kept?: readonly string[],
): Pick<TableBody, 'schema' | 'viewColumns'> {
  const [statement, more] = parseScript(query);
  if (statement?.kind !== 'select' || more) throw new SqlError('A view is made of one SELECT');
  const analysis = analysisOf({
    names: api.engine.names({ project }),
    parameters: new Map(),
    variables: () => undefined,
    nowMicros: api.engine.nowMicros(),
  });
  const relation = analysis.query(statement.query, new Scope());
  const columns = namedColumns(relation);
  const isNamed = relation.columns.every((c) => c.name !== undefined);
  const viewColumns = kept ?? (isNamed ? undefined : columns.map((c) => c.name));
  const fields = columns.map((c, i) => fieldOf(viewColumns?.[i] ?? c.name, c.type));
  return { schema: { fields }, ...(viewColumns && { viewColumns }) };
}

async function update(
  api: Api,
  path: Path,
  ifMatch: string | undefined,
  next: (before: Json) => Json,
): Promise<Json> {
  const before = tableOf(api, path);
  checkEtag(etagOf(before.body), ifMatch);
  await api.engine.inflow.settle([before.sql]);
  const { snapshotDefinition, cloneDefinition } = before.body;
  const made = {
    ...(snapshotDefinition && { snapshotDefinition }),
    ...(cloneDefinition && { cloneDefinition }),
  };
  const body = { ...kept(api, before.project, next(before.body), before.body), ...made };
  await api.engine.database.write((c) => updateTable(api.engine, c, before, body));
  return resource(api, tableOf(api, path));
}

export const tables: readonly Method[] = [
  {
    name: 'tables.insert',
    verb: 'POST',
    path: '/datasets/{dataset}/tables',
    answer: async (api, { path, body }) => {
      const { project, dataset } = datasetOf(api, path);
      const table = text(object(body.tableReference).tableId, 'tableReference.tableId');
      await api.engine.database.write((c) =>
        createTable(api.engine, c, { project, dataset, table }, kept(api, project, settings(body))),
      );
      return resource(api, tableOf(api, { ...path, table }));
    },
  },
  {
    name: 'tables.get',
    verb: 'GET',
    path: '/datasets/{dataset}/tables/{table}',
    answer: (api, { path, query }) => resource(api, tableOf(api, path), query),
  },
  {
    name: 'tables.list',
    verb: 'GET',
    path: '/datasets/{dataset}/tables',
    answer: (api, { path, query }) => {
      const { project, dataset } = datasetOf(api, path);
      const all = api.engine.metadata.tables(project, dataset);
      const { items, nextPageToken } = page(all, query);
      const short = items.map((t) => ({
        kind: 'bigquery#table',
        id: `${t.project}:${t.dataset}.${t.table}`,
        tableReference: tableReference(t),
        type: kindOf(t.body),
        creationTime: t.body.creationTime,
        ...(t.body.timePartitioning && { timePartitioning: t.body.timePartitioning }),
        ...(t.body.clustering !== undefined && { clustering: t.body.clustering }),
        ...(t.body.labels !== undefined && { labels: t.body.labels }),
      }));
      return {
        kind: 'bigquery#tableList',
        etag: etagOf(short),
        tables: short,
        totalItems: all.length,
        ...(nextPageToken && { nextPageToken }),
      };
    },
  },
  {
    name: 'tables.delete',
    verb: 'DELETE',
    path: '/datasets/{dataset}/tables/{table}',
    answer: async (api, { path, ifMatch }) => {
      const found = tableOf(api, path);
      checkEtag(etagOf(found.body), ifMatch);
      const { partition } = decorated(path.table ?? '');
      await api.engine.inflow.settle([found.sql]);
      await api.engine.database.write(async (c) => {
        if (partition === undefined) return dropTable(api.engine, c, found);
        const condition = partitionCondition(found.body, found.table, partition);
        await api.engine.tableChanging(c, found);
        await c.run(`DELETE FROM ${found.sql} WHERE ${condition}`);
      });
      return undefined;
    },
  },
  {
    name: 'tables.patch',
    verb: 'PATCH',
    path: '/datasets/{dataset}/tables/{table}',
    answer: (api, { path, body, ifMatch }) =>
      update(api, path, ifMatch, (before) => patched(before, settings(body))),
  },
  {
    name: 'tables.update',
    verb: 'PUT',
    path: '/datasets/{dataset}/tables/{table}',
    answer: (api, { path, body, ifMatch }) => update(api, path, ifMatch, () => settings(body)),
  },
];
