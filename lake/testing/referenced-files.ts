import type { LakeTable, ObjectStore } from '../index.ts';
import type { ManifestEntry } from '../manifest.ts';
import type { ManifestFile } from '../manifest-list.ts';
import { manifestsOf } from '../manifests.ts';
import { readTableMetadata, snapshotOf, type TableMetadata } from '../metadata.ts';
import { nameOf } from '../object-store.ts';

/** The manifests of the newest snapshot. */
export async function manifestsIn(store: ObjectStore, table: LakeTable): Promise<readonly ManifestFile[]> {
  const metadata = await metadataOf(store, table);
  return manifestsOf(store, metadata).of(snapshotOf(metadata, metadata['current-snapshot-id']));
}

export async function entriesIn(store: ObjectStore, table: LakeTable): Promise<readonly ManifestEntry[]> {
  const manifests = manifestsOf(store, await metadataOf(store, table));
  const lines = await manifestsIn(store, table);
  return (await Promise.all(lines.map((line) => manifests.entries(line)))).flat();
}

/** The names of all data files that the newest snapshot refers to, as often as it does. */
export async function referencedFiles(store: ObjectStore, table: LakeTable): Promise<string[]> {
  const entries = await entriesIn(store, table);
  return entries.map(({ dataFile }) => nameOf(store, dataFile.filePath));
}

async function metadataOf(store: ObjectStore, table: LakeTable): Promise<TableMetadata> {
  const name = nameOf(store, table.metadataLocation);
  return readTableMetadata((await store.get(name))?.bytes ?? new Uint8Array(), name);
}
