import { createDataset, deleteDataset, updateDataset } from '../../engine/definitions.ts';
import { notFound } from '../../engine/errors.ts';
import type { DatasetResource } from '../../engine/metadata.ts';
import { SqlError } from '../../sql/sql-error.ts';
import {
  type Api,
  checkEtag,
  etagOf,
  isTrue,
  type Json,
  type Method,
  object,
  page,
  patched,
  refuseOrders,
  text,
} from '../api.ts';

const produced = [
  'kind',
  'id',
  'selfLink',
  'etag',
  'datasetReference',
  'creationTime',
  'lastModifiedTime',
  'type',
];
function settings(body: Json): Json {
  refuseOrders(body, 'dataset');
  return Object.fromEntries(Object.entries(body).filter(([name]) => !produced.includes(name)));
}

function resource(api: Api, d: DatasetResource): Json {
  return {
    kind: 'bigquery#dataset',
    etag: etagOf(d.body),
    id: d.id,
    selfLink: `${api.base()}/projects/${d.project}/datasets/${d.dataset}`,
    datasetReference: { projectId: d.project, datasetId: d.dataset },
    location: 'US',
    type: 'DEFAULT',
    access: [{ role: 'OWNER', specialGroup: 'projectOwners' }],
    ...d.body,
  };
}

/** `labels.team:a labels.checked`: all of them must hold. */
function labelled(filter: string | null): (d: DatasetResource) => boolean {
  const terms = (filter ?? '').split(/\s+/).filter((term) => term !== '');
  const wanted = terms.map((term) => {
    const [, key = '', value] = /^labels\.([^:]+)(?::(.*))?$/.exec(term) ?? [];
    if (key === '') throw new SqlError(`Invalid value for filter: ${term}`, undefined, 'invalid');
    return { key, value: value === '*' ? undefined : value };
  });
  return ({ body }) => {
    const labels = object(body.labels);
    return wanted.every(({ key, value }) => key in labels && (value === undefined || labels[key] === value));
  };
}

export function datasetOf(api: Api, path: Readonly<Record<string, string>>): DatasetResource {
  const { project = '', dataset = '' } = path;
  const found = api.engine.metadata.dataset(project, dataset);
  if (!found) throw notFound('Dataset', `${project}:${dataset}`);
  return found;
}

const timed = (api: Api, body: Json, before?: Json): Json => {
  const now = String(Math.floor(api.engine.clock.now()));
  return { ...body, creationTime: before?.creationTime ?? now, lastModifiedTime: now };
};

async function update(
  api: Api,
  path: Readonly<Record<string, string>>,
  ifMatch: string | undefined,
  next: (before: Json) => Json,
): Promise<Json> {
  const d = datasetOf(api, path);
  checkEtag(etagOf(d.body), ifMatch);
  await updateDataset(api.engine, d.project, d.dataset, timed(api, next(d.body), d.body));
  return resource(api, datasetOf(api, path));
}

export const datasets: readonly Method[] = [
  {
    name: 'datasets.insert',
    verb: 'POST',
    path: '/datasets',
    answer: async (api, { path, body }) => {
      const dataset = text(object(body.datasetReference).datasetId, 'datasetReference.datasetId');
      await createDataset(api.engine, path.project ?? '', dataset, timed(api, settings(body)));
      return resource(api, datasetOf(api, { ...path, dataset }));
    },
  },
  {
    name: 'datasets.get',
    verb: 'GET',
    path: '/datasets/{dataset}',
    answer: (api, { path }) => resource(api, datasetOf(api, path)),
  },
  {
    name: 'datasets.list',
    verb: 'GET',
    path: '/datasets',
    answer: (api, { path, query }) => {
      const all = api.engine.metadata.datasets(path.project ?? '').filter(labelled(query.get('filter')));
      const { items, nextPageToken } = page(all, query);
      const short = items.map((d) => ({
        kind: 'bigquery#dataset',
        id: d.id,
        datasetReference: { projectId: d.project, datasetId: d.dataset },
        location: d.body.location ?? 'US',
        ...(d.body.labels !== undefined && { labels: d.body.labels }),
      }));
      return {
        kind: 'bigquery#datasetList',
        etag: etagOf(short),
        datasets: short,
        ...(nextPageToken && { nextPageToken }),
      };
    },
  },
  {
    name: 'datasets.delete',
    verb: 'DELETE',
    path: '/datasets/{dataset}',
    answer: async (api, { path, query, ifMatch }) => {
      const { project, dataset, body } = datasetOf(api, path);
      checkEtag(etagOf(body), ifMatch);
      await deleteDataset(api.engine, project, dataset, isTrue(query.get('deleteContents')));
      return undefined;
    },
  },
  {
    name: 'datasets.patch',
    verb: 'PATCH',
    path: '/datasets/{dataset}',
    answer: (api, { path, body, ifMatch }) =>
      update(api, path, ifMatch, (before) => patched(before, settings(body))),
  },
  {
    name: 'datasets.update',
    verb: 'PUT',
    path: '/datasets/{dataset}',
    answer: (api, { path, body, ifMatch }) => update(api, path, ifMatch, () => settings(body)),
  },
];
