import type { SystemView, TableInfo } from '../../sql/analyze/relation.ts';
import { notServed } from '../../sql/sql-error.ts';
import { notFound } from '../errors.ts';
import type { Metadata, Place, RoutineResource, TableResource } from '../metadata.ts';
import { columnsView, fieldPathsView } from './columns.ts';
import { type JobFacts, jobsView } from './jobs.ts';
import { constraintColumnsView, constraintsView, keyColumnsView } from './keys.ts';
import { routineOptionsView, schemataOptionsView, tableOptionsView } from './options.ts';
import { partitionsView } from './partitions.ts';
import {
  parametersView,
  routinesView,
  schemataView,
  snapshotsView,
  tablesView,
  viewsView,
} from './resources.ts';
import { oldTablesView, storageView } from './storage.ts';

export type { JobFacts } from './jobs.ts';

export interface Known {
  readonly metadata: Metadata;
  readonly jobs: (project: string) => readonly JobFacts[];
  readonly info: (table: TableResource) => TableInfo;
}
interface Asked {
  readonly project: string;
  readonly tables: readonly TableResource[];
  readonly routines: readonly RoutineResource[];
  readonly known: Known;
}

const ofDatasets: Readonly<Record<string, (asked: Asked) => SystemView>> = {
  TABLES: ({ tables }) => tablesView(tables),
  VIEWS: ({ tables }) => viewsView(tables),
  COLUMNS: ({ tables }) => columnsView(tables),
  COLUMN_FIELD_PATHS: ({ tables }) => fieldPathsView(tables),
  PARTITIONS: ({ tables, known }) => partitionsView(tables, known.info),
  TABLE_STORAGE: ({ tables, known }) => storageView(tables, known.info),
  TABLE_SNAPSHOTS: ({ tables }) => snapshotsView(tables),
  TABLE_OPTIONS: ({ tables }) => tableOptionsView(tables),
  TABLE_CONSTRAINTS: ({ tables }) => constraintsView(tables),
  KEY_COLUMN_USAGE: ({ tables }) => keyColumnsView(tables),
  CONSTRAINT_COLUMN_USAGE: ({ tables }) => constraintColumnsView(tables),
  ROUTINES: ({ routines }) => routinesView(routines),
  ROUTINE_OPTIONS: ({ routines }) => routineOptionsView(routines),
  PARAMETERS: ({ routines }) => parametersView(routines),
};
const ofProjects: Readonly<Record<string, (project: string, known: Known) => SystemView>> = {
  SCHEMATA: (project, { metadata }) => schemataView(project, metadata.datasets(project)),
  SCHEMATA_OPTIONS: (project, { metadata }) => schemataOptionsView(metadata.datasets(project)),
  JOBS: (project, { jobs }) => jobsView(jobs(project)),
  JOBS_BY_PROJECT: (project, { jobs }) => jobsView(jobs(project)),
  JOBS_BY_USER: (project, { jobs }) => jobsView(jobs(project)),
};

function oldTables({ metadata, info }: Known, path: readonly string[], place: Place): SystemView | undefined {
  if (path.at(-1) !== '__TABLES__') return undefined;
  const [dataset = place.dataset ?? '', project = place.project] = path.slice(0, -1).toReversed();
  if (!metadata.dataset(project, dataset)) throw notFound('Dataset', `${project}:${dataset}`);
  return oldTablesView(metadata.tables(project, dataset), info);
}

export const viewNames: readonly string[] = [
  ...Object.keys(ofDatasets),
  ...Object.keys(ofProjects),
].toSorted();

/** `dataset.INFORMATION_SCHEMA.VIEW`, `region-us.INFORMATION_SCHEMA.VIEW` and `dataset.__TABLES__`. */
export function informationSchema(
  known: Known,
  path: readonly string[],
  place: Place,
  at: number,
): SystemView | undefined {
  const index = path.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA');
  if (index < 0) return oldTables(known, path, place);
  const name = (path[index + 1] ?? '').toUpperCase();
  const qualifier = index > 0 ? path[index - 1] : undefined;
  const region = qualifier !== undefined && /^region-/i.test(qualifier);
  const project = index > 1 ? (path[0] ?? '') : place.project;
  const whole = ofProjects[name];
  // `project.INFORMATION_SCHEMA.SCHEMATA` names a project where others name a dataset.
  if (whole) return whole(index === 1 && !region ? (qualifier ?? project) : project, known);
  const dataset = region ? undefined : (qualifier ?? place.dataset);
  const make = ofDatasets[name];
  if (!make) throw notServed(`INFORMATION_SCHEMA.${name}`, at);
  if (dataset === undefined && !region)
    throw notServed(`INFORMATION_SCHEMA.${name} without a dataset or region`, at);
  const { metadata } = known;
  if (dataset !== undefined && !metadata.dataset(project, dataset))
    throw notFound('Dataset', `${project}:${dataset}`);
  const datasets = dataset === undefined ? metadata.datasets(project).map((d) => d.dataset) : [dataset];
  return make({
    project,
    known,
    tables: datasets.flatMap((d) => metadata.tables(project, d)),
    routines: datasets.flatMap((d) => metadata.routines(project, d)),
  });
}
