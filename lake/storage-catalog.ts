import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, OrderlakeError } from '../runtime/index.ts';
import {
  type Catalog,
  type CommitOutcome,
  folderOf,
  type LoadedTable,
  type TableId,
  type TableOptions,
} from './catalog.ts';
import {
  applyUpdates,
  checkRequirements,
  newTableMetadata,
  readTableMetadata,
  snapshotOf,
  type TableMetadata,
  withPreviousFile,
  writeTableMetadata,
} from './metadata.ts';
import { locationOf, nameOf, type ObjectStore } from './object-store.ts';
import { unpartitioned } from './partition-spec.ts';
import type { IcebergSchema } from './schema.ts';

export interface CatalogTools {
  readonly now: () => number;
  readonly uuid: () => string;
}

const systemTools: CatalogTools = { now: Date.now, uuid: randomUUID };
const metadataName = /\/v(\d+)\.metadata\.json$/;
/** Each metadata file names its predecessors; two hours of commits would otherwise be carried in each. */
const previousVersionsKept = 20;
const hintAttempts = 3;

/**
 * A catalog that is nothing but files: version N+1 of a table exists as soon as somebody has created
 * vN+1.metadata.json, which only one writer can. The specification calls such catalogs deprecated, so only
 * writers that create under a condition, as this one does, may write these tables.
 *
 * Metadata files are never deleted here: a writer that slept could create a deleted version a second time and
 * believe it committed.
 */
export function storageCatalog(store: ObjectStore, tools: CatalogTools = systemTools): Catalog {
  const versionName = (id: TableId, version: number) => `${folderOf(id)}/metadata/v${version}.metadata.json`;
  const hintName = (id: TableId) => `${folderOf(id)}/metadata/version-hint.text`;

  async function read(id: TableId, version: number): Promise<LoadedTable | undefined> {
    const name = versionName(id, version);
    const object = await store.get(name);
    if (!object) return undefined;
    return { id, metadata: readTableMetadata(object.bytes, name), metadataLocation: locationOf(store, name) };
  }

  /** The hint is a cache: it may be behind or gone, never ahead. */
  async function startingVersion(id: TableId): Promise<number | undefined> {
    const hint = await store.get(hintName(id));
    if (hint) return Number(new TextDecoder().decode(hint.bytes));
    let newest: number | undefined;
    for await (const { name } of store.list(`${folderOf(id)}/metadata/v`)) {
      const version = metadataName.exec(name)?.[1];
      if (version) newest = Math.max(newest ?? 0, Number(version));
    }
    return newest;
  }

  async function load(id: TableId): Promise<LoadedTable | undefined> {
    const start = await startingVersion(id);
    if (start === undefined) return undefined;
    let table = await read(id, start);
    for (let version = start + 1; table; version++) {
      const next = await read(id, version);
      if (!next) return table;
      table = next;
    }
    throw new InputError(`table ${id} has lost its metadata`, {
      expected: versionName(id, start),
      got: 'no such file',
      action: 'restore it from an earlier generation of the object',
    });
  }

  /** Written under a condition so that a slow writer cannot set the hint back, and a client may repeat it. */
  async function hint(id: TableId, version: number): Promise<void> {
    const name = hintName(id);
    const bytes = new TextEncoder().encode(String(version));
    try {
      for (let attempt = 1; attempt <= hintAttempts; attempt++) {
        const current = await store.get(name);
        if (current && Number(new TextDecoder().decode(current.bytes)) >= version) return;
        const condition = { ifGeneration: current?.generation ?? '0' };
        if ((await store.put(name, bytes, condition)) === 'stored') return;
      }
    } catch (error) {
      // The commit is done, and whoever loads the table walks forward from an older hint.
      if (!(error instanceof OrderlakeError && error.retriable)) throw error;
    }
  }

  async function create(
    id: TableId,
    schema: IcebergSchema,
    options: TableOptions = {},
  ): Promise<LoadedTable> {
    const metadata = newTableMetadata({
      uuid: tools.uuid(),
      location: locationOf(store, folderOf(id)),
      schema,
      spec: options.spec ?? unpartitioned,
      properties: options.properties ?? {},
      now: tools.now(),
    });
    const name = versionName(id, 1);
    const put = await store.put(name, writeTableMetadata(metadata), { ifGeneration: '0' });
    if (put === 'refused') {
      const found = await read(id, 1);
      if (found?.metadata['table-uuid'] !== metadata['table-uuid']) {
        throw new ConflictError(`table ${id} exists already`, { action: 'open it instead' });
      }
    }
    await hint(id, 1);
    return { id, metadata, metadataLocation: locationOf(store, name) };
  }

  async function commit(...[id, base, updates, requirements, snapshotId]: Parameters<Catalog['commit']>) {
    const unmet = checkRequirements(base.metadata, requirements);
    if (unmet) return { kind: 'conflict', reason: unmet } satisfies CommitOutcome;
    const version = versionOf(nameOf(store, base.metadataLocation)) + 1;
    const metadata = withPreviousFile(
      applyUpdates(base.metadata, updates),
      base.metadata,
      base.metadataLocation,
      versionsKept(base.metadata),
    );
    const outcome = await createVersion(id, version, metadata, snapshotId);
    if (outcome.kind === 'committed') await hint(id, version);
    return outcome;
  }

  async function createVersion(
    id: TableId,
    version: number,
    metadata: TableMetadata,
    snapshotId: bigint,
  ): Promise<CommitOutcome> {
    const name = versionName(id, version);
    const committed: CommitOutcome = {
      kind: 'committed',
      table: { id, metadata, metadataLocation: locationOf(store, name) },
    };
    try {
      const put = await store.put(name, writeTableMetadata(metadata), { ifGeneration: '0' });
      if (put === 'stored') return committed;
      // A client repeats a write whose answer it missed, and then reports the refusal of its own repetition:
      // only the file itself says who created it.
      const winner = await read(id, version);
      if (!winner) return { kind: 'unknown', cause: `${name} was refused although it does not exist` };
      if (snapshotOf(winner.metadata, snapshotId)) return { kind: 'committed', table: winner };
      return { kind: 'conflict', reason: `version ${version} of ${id} is somebody else's` };
    } catch (error) {
      if (error instanceof OrderlakeError && error.retriable) return { kind: 'unknown', cause: error };
      throw error;
    }
  }

  return { load, create, commit };
}

function versionOf(name: string): number {
  const version = metadataName.exec(name)?.[1];
  if (!version) {
    throw new InputError('a table of another catalog cannot be committed to', {
      expected: 'metadata named vN.metadata.json',
      got: name,
    });
  }
  return Number(version);
}

function versionsKept({ properties }: TableMetadata): number {
  const wanted = Number(properties['write.metadata.previous-versions-max']);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : previousVersionsKept;
}
