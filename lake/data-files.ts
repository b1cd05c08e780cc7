import { encodeDataFile, rowsPerFile } from './data-file.ts';
import type { DataFile } from './manifest.ts';
import { locationOf, type ObjectStore, putUnique } from './object-store.ts';
import { groupByPartition, type PartitionSpec, partitionPath } from './partition-spec.ts';
import type { IcebergSchema, LakeRow } from './schema.ts';

export interface DataFolder {
  readonly store: ObjectStore;
  /** The table's folder in the store. */
  readonly folder: string;
  readonly uuid: () => string;
}

/** Everything is encoded before the first write, so that rows which do not fit leave no file behind. */
export async function writeDataFiles(
  { store, folder, uuid }: DataFolder,
  schema: IcebergSchema,
  spec: PartitionSpec,
  rows: readonly LakeRow[],
): Promise<readonly DataFile[]> {
  const encoded = groupByPartition(rows, spec, schema).flatMap(({ partition, rows: inPartition }) =>
    slices(inPartition, rowsPerFile).map((slice) => ({ partition, ...encodeDataFile(schema, slice) })),
  );
  return Promise.all(
    encoded.map(async ({ bytes, partition, recordCount, splitOffsets, metrics }): Promise<DataFile> => {
      const inFolder = spec.fields.length === 0 ? '' : `${partitionPath(spec, partition)}/`;
      const name = `${folder}/data/${inFolder}${uuid()}.parquet`;
      await putUnique(store, name, bytes);
      const filePath = locationOf(store, name);
      return { filePath, partition, recordCount, fileSizeInBytes: bytes.length, splitOffsets, metrics };
    }),
  );
}

function slices<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
