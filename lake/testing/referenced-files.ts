import type { LakeTable, ObjectStore } from '../index.ts';
import { manifestsOf } from '../manifests.ts';
import { readTableMetadata, snapshotOf } from '../metadata.ts';
import { nameOf } from '../object-store.ts';

/** The names of all data files that the newest snapshot refers to, as often as it does. */
export async function referencedFiles(store: ObjectStore, table: LakeTable): Promise<string[]> {
  const name = nameOf(store, table.metadataLocation);
  const metadata = readTableMetadata((await store.get(name))?.bytes ?? new Uint8Array(), name);
  const manifests = manifestsOf(store, metadata);
  const lines = await manifests.of(snapshotOf(metadata, metadata['current-snapshot-id']));
  const entries = await Promise.all(lines.map((line) => manifests.entries(line)));
  return entries.flat().map(({ dataFile }) => nameOf(store, dataFile.filePath));
}
