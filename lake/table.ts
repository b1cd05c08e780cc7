import { randomBytes, randomUUID } from 'node:crypto';
import { InputError, SetupError, systemClock } from '../runtime/index.ts';
import { type AppendTools, commitAppend, lookUp } from './append.ts';
import type { Catalog, LoadedTable, TableId, TableOptions } from './catalog.ts';
import { readDataFile } from './data-file-reader.ts';
import { writeDataFiles } from './data-files.ts';
import { type Manifests, manifestsOf } from './manifests.ts';
import { currentSchema, snapshotOf, specOf } from './metadata.ts';
import { nameOf, type ObjectStore } from './object-store.ts';
import { type Column, columnsOf, type IcebergSchema, type LakeRow, type LakeValue } from './schema.ts';
import { ancestryOf, type CommitToken, type Snapshot } from './snapshot.ts';

export interface TableTools extends AppendTools {
  /** A positive 63-bit number that no other snapshot has. */
  readonly snapshotId: () => bigint;
}

const systemTools: TableTools = {
  clock: systemClock,
  random: Math.random,
  uuid: randomUUID,
  snapshotId: () => randomBytes(8).readBigUInt64LE() >> 1n,
};

export interface ScanOptions {
  /** Read the table as of this snapshot; without it, as of the newest this process has seen. */
  readonly snapshotId?: bigint;
  readonly columns?: readonly string[];
}

export async function createTable(
  catalog: Catalog,
  store: ObjectStore,
  id: TableId,
  schema: IcebergSchema,
  options: TableOptions = {},
  tools: TableTools = systemTools,
): Promise<LakeTable> {
  return new LakeTable(catalog, store, await catalog.create(id, schema, options), tools);
}

export async function openTable(
  catalog: Catalog,
  store: ObjectStore,
  id: TableId,
  tools: TableTools = systemTools,
): Promise<LakeTable> {
  return new LakeTable(catalog, store, await loaded(catalog, store, id), tools);
}

async function loaded(catalog: Catalog, store: ObjectStore, id: TableId): Promise<LoadedTable> {
  const table = await catalog.load(id);
  if (table) return table;
  throw new SetupError(`there is no table ${id} in ${store.root}`, { action: 'create it first' });
}

/**
 * A table as this process knows it: the newest metadata it has loaded or committed. Appends may overlap; their
 * files are written side by side, their commits one after the other, so that a process never conflicts with
 * itself.
 */
export class LakeTable {
  readonly id: TableId;
  private readonly catalog: Catalog;
  private readonly store: ObjectStore;
  private readonly tools: TableTools;
  private current: LoadedTable;
  private kept: { readonly key: string; readonly manifests: Manifests } | undefined;
  private lastCommit: Promise<unknown> = Promise.resolve();

  constructor(catalog: Catalog, store: ObjectStore, current: LoadedTable, tools: TableTools) {
    this.id = current.id;
    this.catalog = catalog;
    this.store = store;
    this.current = current;
    this.tools = tools;
  }

  get schema(): IcebergSchema {
    return currentSchema(this.current.metadata);
  }

  get metadataLocation(): string {
    return this.current.metadataLocation;
  }

  /** The newest snapshot first. */
  snapshots(): readonly Snapshot[] {
    const { metadata } = this.current;
    return [...ancestryOf(metadata.snapshots, metadata['current-snapshot-id'])];
  }

  async refresh(): Promise<void> {
    this.current = await loaded(this.catalog, this.store, this.id);
  }

  /**
   * Adds the rows as one snapshot, or returns the snapshot that this batch already became. After an error the
   * same rows under the same token may be appended again: they are in the table once. An append of no rows is a
   * snapshot too: it says how far the table is complete, and from then on refuses the writer's earlier epochs.
   */
  async append(rows: readonly LakeRow[], token: CommitToken): Promise<Snapshot> {
    checkToken(token);
    const { committed } = lookUp(this.current, token);
    if (committed) return committed;
    const { metadata } = this.current;
    const context = { store: this.store, folder: this.folder, uuid: this.tools.uuid };
    const files = await writeDataFiles(context, this.schema, specOf(metadata), rows);
    const snapshotId = this.tools.snapshotId();
    const manifests = this.manifests();
    const name = `${this.folder}/metadata/${this.tools.uuid()}-m0.avro`;
    const added = files.length > 0 ? await manifests.writeAdded(files, snapshotId, name) : undefined;
    return this.inTurn(async () => {
      const shared = { catalog: this.catalog, store: this.store, folder: this.folder };
      const prepared = { token, snapshotId, files, added };
      const appended = await commitAppend(
        { ...shared, manifests, tools: this.tools },
        this.current,
        prepared,
      );
      this.current = appended.table;
      return appended.snapshot;
    });
  }

  /** Every row, file by file; only one file is in memory at a time. */
  async *scan(options: ScanOptions = {}): AsyncGenerator<Record<string, LakeValue>, void, undefined> {
    const { metadata } = this.current;
    const snapshot = snapshotOf(metadata, options.snapshotId ?? metadata['current-snapshot-id']);
    if (!snapshot && options.snapshotId !== undefined) {
      throw new InputError(`table ${this.id} has no snapshot ${options.snapshotId}`);
    }
    const columns = this.columns(options.columns);
    const manifests = this.manifests();
    for (const manifest of await manifests.of(snapshot)) {
      for (const { dataFile } of await manifests.entries(manifest)) {
        const name = nameOf(this.store, dataFile.filePath);
        const object = await this.store.get(name);
        if (!object)
          throw new InputError('a data file of the table is gone', { expected: name, got: 'nothing' });
        yield* readDataFile(object.bytes, columns);
      }
    }
  }

  private get folder(): string {
    return nameOf(this.store, this.current.metadata.location);
  }

  /** Kept while it fits: making its codec takes a millisecond, reading the newest list back takes a request. */
  private manifests(): Manifests {
    const { metadata } = this.current;
    const key = [
      metadata['current-schema-id'],
      ...metadata['partition-specs'].map((spec) => spec['spec-id']),
    ].join();
    if (this.kept?.key !== key) this.kept = { key, manifests: manifestsOf(this.store, metadata) };
    return this.kept.manifests;
  }

  private columns(names: readonly string[] | undefined): readonly Column[] {
    const columns = columnsOf(this.schema);
    const unknown = names?.find((name) => !columns.some((column) => column.name === name));
    if (unknown !== undefined) {
      throw new InputError(`table ${this.id} has no such column`, {
        expected: columns.map(({ name }) => name).join(', '),
        got: unknown,
      });
    }
    return names ? columns.filter(({ name }) => names.includes(name)) : columns;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.lastCommit.then(work);
    // The next in turn starts whatever became of this one; its own caller hears of the error.
    this.lastCommit = mine.catch(() => undefined);
    return mine;
  }
}

function checkToken({ writer, epoch, batchId, completeThrough }: CommitToken): void {
  const through = completeThrough === undefined || Number.isSafeInteger(completeThrough);
  if (writer === '' || batchId === '' || !Number.isSafeInteger(epoch) || epoch < 0 || !through) {
    throw new InputError('an append needs a token', {
      expected: 'a writer, a batch id, an epoch from 0 on, and completeThrough in whole µs where given',
      got: JSON.stringify({ writer, epoch, batchId, completeThrough }),
    });
  }
}
