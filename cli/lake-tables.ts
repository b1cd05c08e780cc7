import { icebergSchema, names, tables } from '../contracts/index.ts';
import { googleCloudStorage } from '../lake/google-cloud-storage.ts';
import { createTable, dayPartition, type LakeTable, openTable, storageCatalog } from '../lake/index.ts';
import { storageClient } from '../runtime/google-clients.ts';
import { ConflictError } from '../runtime/index.ts';
import { type LakeTableName, lakeTables, tableIdOf } from '../streaming/index.ts';
import type { Configuration } from './settings.ts';

/** Opens the tables of the lake; makes those that are not there yet. */
export async function openLakeTables(
  configuration: Pick<Configuration, 'project' | 'lakeBucket'>,
): Promise<Record<LakeTableName, LakeTable>> {
  const client = await storageClient(configuration.project);
  const store = googleCloudStorage(client.bucket(configuration.lakeBucket), 'warehouse');
  const catalog = storageCatalog(store);
  const open = async (name: LakeTableName) => {
    const id = tableIdOf(names.lakeNamespace, name);
    if (await catalog.load(id)) return openTable(catalog, store, id);
    // Two workers may start at once: whoever comes second finds the table there.
    const schema = icebergSchema(tables[name]);
    const spec = dayPartition(schema, tables[name].partitionBy);
    return createTable(catalog, store, id, schema, { spec }).catch((error: unknown) => {
      if (error instanceof ConflictError) return openTable(catalog, store, id);
      throw error;
    });
  };
  const opened = await Promise.all(lakeTables.map(async (name) => [name, await open(name)] as const));
  return Object.fromEntries(opened) as Record<LakeTableName, LakeTable>;
}
