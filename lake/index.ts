export type { Catalog, CommitOutcome, LoadedTable, TableId, TableOptions } from './catalog.ts';
export type { MetadataUpdate, TableMetadata, TableRequirement } from './metadata.ts';
export { memoryStore, type ObjectStore, type PutCondition, type StoredObject } from './object-store.ts';
export { dayPartition, type PartitionSpec, unpartitioned } from './partition-spec.ts';
export type { IcebergField, IcebergSchema, LakeRow, LakeValue } from './schema.ts';
export type { CommitToken, Snapshot } from './snapshot.ts';
export { type CatalogTools, storageCatalog } from './storage-catalog.ts';
export { createTable, LakeTable, openTable, type ScanOptions, type TableTools } from './table.ts';
