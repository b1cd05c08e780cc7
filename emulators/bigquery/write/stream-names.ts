import { ServiceError } from '../../frame/index.ts';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { StorageError } from './storage-error.ts';
import type { RowInflow } from './table-inflow.ts';
import type { WriteStreams } from './write-streams.ts';

/** Where rows may go. */
export interface Places {
  readonly engine: Engine;
  readonly inflow: RowInflow;
  readonly streams: WriteStreams;
}

/** The stream every table has: without offsets, and never finalized. */
export const isDefault = (name: string): boolean => name.endsWith('/_default');

/** Of `projects/p/datasets/d/tables/t`, with or without a stream's name behind it. */
export function tableOf(engine: Engine, name: string): TableResource {
  const [, project = '', dataset = '', table] =
    /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)(?:\/(?:streams\/)?[^/]+)?$/.exec(name) ?? [];
  if (table === undefined) throw new ServiceError('INVALID_ARGUMENT', `Invalid stream name: "${name}"`);
  const found = engine.metadata.table(project, dataset, table);
  if (found?.body.type !== 'TABLE')
    throw new StorageError('NOT_FOUND', 'TABLE_NOT_FOUND', 'Requested entity was not found.', name);
  if (found.body.snapshotDefinition !== undefined)
    throw new ServiceError('INVALID_ARGUMENT', `Rows cannot be written to a table snapshot. Entity: ${name}`);
  return found;
}
