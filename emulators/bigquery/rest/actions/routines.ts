import { unimplemented } from '../../../frame/index.ts';
import { dropRoutine, putRoutine } from '../../engine/definitions.ts';
import { notFound } from '../../engine/errors.ts';
import type { RoutineResource } from '../../engine/metadata.ts';
import { type DataType, typeOfData } from '../../engine/routines.ts';
import { parseExpression, parseScript } from '../../sql/parse/script.ts';
import { located, SqlError } from '../../sql/sql-error.ts';
import { type Api, etagOf, type Json, type Method, object, page, text } from '../api.ts';
import { datasetOf } from './datasets.ts';

type Path = Readonly<Record<string, string>>;
const produced = ['kind', 'id', 'selfLink', 'etag', 'routineReference', 'creationTime', 'lastModifiedTime'];

function resource(api: Api, r: RoutineResource): Json {
  return {
    kind: 'bigquery#routine',
    etag: etagOf(r.body),
    id: `${r.project}:${r.dataset}.${r.routine}`,
    selfLink: `${api.base()}/projects/${r.project}/datasets/${r.dataset}/routines/${r.routine}`,
    routineReference: { projectId: r.project, datasetId: r.dataset, routineId: r.routine },
    ...r.body,
  };
}

function routineOf(api: Api, path: Path): RoutineResource {
  datasetOf(api, path);
  const found = api.engine.metadata.routine(path.project ?? '', path.dataset ?? '', path.routine ?? '');
  if (!found) throw notFound('Routine', `${path.project}:${path.dataset}.${path.routine}`);
  return found;
}

/** A body that does not parse is refused now, not when the procedure is called. */
function kept(api: Api, body: Json, before?: Json): Json {
  const isFunction = /^(SCALAR|AGGREGATE)_FUNCTION$/.test(String(body.routineType));
  if (!isFunction && body.routineType !== 'PROCEDURE' && body.routineType !== 'TABLE_VALUED_FUNCTION')
    throw unimplemented(`A routine of type ${String(body.routineType)}`);
  if ((body.language ?? 'SQL') !== 'SQL') throw unimplemented(`A routine in ${String(body.language)}`);
  const definition = text(body.definitionBody, 'definitionBody');
  try {
    if (isFunction) parseExpression(definition);
    else parseScript(definition);
  } catch (error) {
    throw error instanceof SqlError ? located(error, definition) : error;
  }
  for (const argument of (body.arguments ?? []) as readonly { argumentKind?: string; dataType?: DataType }[])
    if (argument.argumentKind !== 'ANY_TYPE') typeOfData(argument.dataType);
  const now = String(Math.floor(api.engine.clock.now()));
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !produced.includes(name)));
  return { ...rest, language: 'SQL', creationTime: before?.creationTime ?? now, lastModifiedTime: now };
}

async function put(
  api: Api,
  name: { project: string; dataset: string; routine: string },
  body: Json,
  replace: boolean,
): Promise<Json> {
  await api.engine.database.write((c) => putRoutine(api.engine, c, name, body, replace));
  return resource(api, routineOf(api, name));
}

export const routines: readonly Method[] = [
  {
    name: 'routines.insert',
    verb: 'POST',
    path: '/datasets/{dataset}/routines',
    answer: (api, { path, body }) => {
      const { project, dataset } = datasetOf(api, path);
      return put(
        api,
        {
          project,
          dataset,
          routine: text(object(body.routineReference).routineId, 'routineReference.routineId'),
        },
        kept(api, body),
        false,
      );
    },
  },
  {
    name: 'routines.get',
    verb: 'GET',
    path: '/datasets/{dataset}/routines/{routine}',
    answer: (api, { path }) => resource(api, routineOf(api, path)),
  },
  {
    name: 'routines.list',
    verb: 'GET',
    path: '/datasets/{dataset}/routines',
    answer: (api, { path, query }) => {
      const { project, dataset } = datasetOf(api, path);
      const type = /^routineType:(\w+)$/.exec(query.get('filter') ?? '')?.[1];
      const all = api.engine.metadata.routines(project, dataset);
      const { items, nextPageToken } = page(
        all.filter((r) => type === undefined || r.body.routineType === type),
        query,
      );
      return { routines: items.map((r) => resource(api, r)), ...(nextPageToken && { nextPageToken }) };
    },
  },
  {
    name: 'routines.delete',
    verb: 'DELETE',
    path: '/datasets/{dataset}/routines/{routine}',
    answer: async (api, { path }) => {
      const found = routineOf(api, path);
      await api.engine.database.write((c) => dropRoutine(api.engine, c, found));
      return undefined;
    },
  },
  {
    name: 'routines.update',
    verb: 'PUT',
    path: '/datasets/{dataset}/routines/{routine}',
    answer: (api, { path, body }) => {
      const { project, dataset, routine, body: before } = routineOf(api, path);
      return put(api, { project, dataset, routine }, kept(api, body, before), true);
    },
  },
];
