import { InputError } from '../runtime/index.ts';
import type { MetadataUpdate, TableMetadata, TableRequirement } from './metadata.ts';
import type { PartitionSpec } from './partition-spec.ts';
import type { IcebergSchema } from './schema.ts';

/** `namespace.table`. */
export type TableId = string;

export interface LoadedTable {
  readonly id: TableId;
  readonly metadata: TableMetadata;
  readonly metadataLocation: string;
}

export interface TableOptions {
  readonly spec?: PartitionSpec;
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * What became of a commit. Only `conflict` promises that it did not and never will happen; after `unknown` it
 * may have happened or may yet, so nothing it refers to may be deleted.
 */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly table: LoadedTable }
  | { readonly kind: 'conflict'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly cause: unknown };

export interface Catalog {
  load(id: TableId): Promise<LoadedTable | undefined>;
  create(id: TableId, schema: IcebergSchema, options?: TableOptions): Promise<LoadedTable>;
  /** `snapshotId` is how a catalog recognises its caller's own commit when the answer to it was lost. */
  commit(
    id: TableId,
    base: LoadedTable,
    updates: readonly MetadataUpdate[],
    requirements: readonly TableRequirement[],
    snapshotId: bigint,
  ): Promise<CommitOutcome>;
}

/** Where a table lies below the root of a store. */
export function folderOf(id: TableId): string {
  if (!/^[\w-]+(\.[\w-]+)+$/.test(id)) {
    throw new InputError('this does not name a table', { expected: 'namespace.table', got: id });
  }
  return id.replaceAll('.', '/');
}
