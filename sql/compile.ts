import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../runtime/index.ts';
import { assertionsOf, checksOf } from './assertions.ts';
import { compileDataform } from './dataform-core.ts';
import {
  type CompiledGraph,
  type GraphTable,
  type GraphTarget,
  properties,
  property,
} from './dataform-graph.ts';
import type { CompiledProject, Datasets, Model, ModelColumn, Target } from './project.ts';

export interface CompileOptions {
  readonly project: string;
  readonly location?: string;
  readonly datasets?: Partial<Datasets>;
  /** A folder with a Dataform project; this one by default. */
  readonly directory?: string;
}

const standardDatasets: Datasets = { raw: 'raw', staging: 'staging', marts: 'marts', ops: 'ops' };
const kinds = { VIEW: 'view', TABLE: 'table', INCREMENTAL: 'incremental' } as const;

export async function compileProject(options: CompileOptions): Promise<CompiledProject> {
  const datasets = { ...standardDatasets, ...options.datasets };
  const directory = options.directory ?? dirname(fileURLToPath(import.meta.url));
  const { graph, include } = await compileDataform(directory, {
    defaultDatabase: options.project,
    ...(options.location === undefined ? {} : { defaultLocation: options.location }),
    vars: {
      raw_dataset: datasets.raw,
      staging_dataset: datasets.staging,
      marts_dataset: datasets.marts,
      ops_dataset: datasets.ops,
    },
  });
  const types = include('column_types') as Readonly<Record<string, string>>;
  refuseUnbound(graph);
  return {
    project: graph.projectConfig.defaultDatabase,
    location: graph.projectConfig.defaultLocation,
    datasets,
    sources: graph.declarations.map((source) => ({
      target: targetOf(source.target),
      description: source.actionDescriptor?.description ?? '',
    })),
    models: inOrder(graph.tables.map((table) => modelOf(table, graph, types))),
    planning: graph.operations.map((operation) => ({
      target: targetOf(operation.target),
      description: operation.actionDescriptor?.description ?? '',
      query: operation.queries.join(';\n').trim(),
    })),
  };
}

function modelOf(table: GraphTable, graph: CompiledGraph, types: Readonly<Record<string, string>>): Model {
  refuseUnsupported(table);
  const kind = kinds[table.enumType];
  const query = kind === 'incremental' ? (table.incrementalQuery ?? '') : table.query;
  const read = [
    ...table.dependencyTargets,
    ...checksOf(table.target, graph).flatMap((check) => check.dependencyTargets),
  ].filter((target) => target.name !== table.target.name);
  const models = new Set(graph.tables.map((one) => one.target.name));
  const names = [...new Set(read.map((target) => target.name))].sort();
  const partitionBy = table.bigquery?.partitionBy;
  return {
    target: targetOf(table.target),
    kind,
    description: table.actionDescriptor?.description ?? '',
    grain: property(table.actionDescriptor, 'grain') ?? '',
    key: properties(table.actionDescriptor, 'key'),
    columns: columnsOf(table, types),
    query: query.trim(),
    ...(partitionBy ? { partitionBy } : {}),
    clusterBy: table.bigquery?.clusterBy ?? [],
    dependencies: names.filter((name) => models.has(name)),
    sources: names.filter((name) => !models.has(name)),
    assertions: assertionsOf(table.target, graph),
    file: table.fileName,
  };
}

function columnsOf(table: GraphTable, types: Readonly<Record<string, string>>): ModelColumn[] {
  return (table.actionDescriptor?.columns ?? []).map((column) => {
    const name = column.path.join('.');
    const type = types[name];
    if (type === undefined) {
      throw new InputError(`column ${name} of ${table.target.name} has no type`, {
        action: 'Add it to includes/column_types.js.',
      });
    }
    return { name, type, description: column.description ?? '' };
  });
}

/** What the procedures would silently do otherwise than Dataform is refused by name. */
function refuseUnsupported(table: GraphTable): void {
  const { name } = table.target;
  const refuse = (what: string, expected: string): never => {
    throw new InputError(`${name}: ${what} is not supported`, { expected });
  };
  if (table.materialized) refuse('a materialized view', 'type "view" or "table"');
  if (table.preOps.length > 0 || table.postOps.length > 0 || table.incrementalPostOps.length > 0) {
    refuse('a pre- or post-operation', 'none but the declaration of the day in incremental runs');
  }
  if (table.enumType !== 'INCREMENTAL') return;
  if (table.incrementalStrategy !== 'INSERT_OVERWRITE') {
    refuse('an incremental table that appends or merges', 'incrementalStrategy "INSERT_OVERWRITE"');
  }
  if (table.onSchemaChange !== 'FAIL') {
    refuse(`onSchemaChange ${table.onSchemaChange ?? 'IGNORE'}`, 'onSchemaChange "FAIL"');
  }
  if (!table.bigquery?.partitionBy) refuse('an incremental table without partitionBy', 'a DATE column');
}

/** A check that names no model would never run, and nobody would miss it. */
function refuseUnbound(graph: CompiledGraph): void {
  const models = new Set(graph.tables.map((table) => table.target.name));
  for (const check of graph.assertions) {
    const of = check.parentAction?.name ?? property(check.actionDescriptor, 'of');
    if (of !== undefined && models.has(of)) continue;
    throw new InputError(`check ${check.target.name} is about no model`, {
      expected: `metadata: about.check({ of: one of ${[...models].join(', ')}, … })`,
      got: String(of),
    });
  }
}

/** Sorted so that every model stands after those it reads; Dataform has refused cycles of models already. */
function inOrder(models: readonly Model[]): Model[] {
  const ordered: Model[] = [];
  let waiting = [...models];
  while (waiting.length > 0) {
    const open = new Set(waiting.map((model) => model.target.name));
    const ready = waiting.filter((model) => !model.dependencies.some((name) => open.has(name)));
    if (ready.length === 0) {
      throw new InputError('models and their checks need one another', { got: [...open].join(', ') });
    }
    ordered.push(...ready);
    waiting = waiting.filter((model) => !ready.includes(model));
  }
  return ordered;
}

const targetOf = (target: GraphTarget): Target => ({
  project: target.database,
  dataset: target.schema,
  name: target.name,
});
