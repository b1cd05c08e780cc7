import { InputError } from '../runtime/index.ts';
import {
  type DataFile,
  entryStatus,
  type ManifestCodec,
  type ManifestEntry,
  manifestCodec,
  readManifest,
  writeManifest,
} from './manifest.ts';
import {
  type ManifestFile,
  type ManifestListHeader,
  manifestFileOf,
  readManifestList,
  writeManifestList,
} from './manifest-list.ts';
import { currentSchema, specOf, type TableMetadata } from './metadata.ts';
import { locationOf, nameOf, type ObjectStore, putUnique } from './object-store.ts';
import type { Snapshot } from './snapshot.ts';

/** A manifest that lists this many files is left alone: merging it again would rewrite it without end. */
const fullManifest = 5_000;

/** The manifests of one table's current schema and spec in a store. Worth keeping: it remembers the newest list. */
export interface Manifests {
  /** The manifests that a snapshot consists of; none for the table before its first snapshot. */
  of(snapshot: Snapshot | undefined): Promise<readonly ManifestFile[]>;
  /** The live entries of a manifest, with what they inherit from it filled in. */
  entries(manifest: ManifestFile): Promise<readonly ManifestEntry[]>;
  /** Writes a snapshot's list and returns its location. */
  writeList(header: ManifestListHeader, manifests: readonly ManifestFile[], name: string): Promise<string>;
  writeAdded(files: readonly DataFile[], snapshotId: bigint, name: string): Promise<AddedManifest>;
  /** One manifest in place of many: the same files, with the sequence numbers they always had. */
  merge(manifests: readonly ManifestFile[], target: MergeTarget): Promise<readonly ManifestFile[]>;
}

export interface AddedManifest {
  readonly location: string;
  /** The line for the manifest list, once the attempt's sequence number is known. */
  line(sequenceNumber: number): ManifestFile;
}

export interface MergeTarget {
  readonly name: string;
  readonly snapshotId: bigint;
  readonly sequenceNumber: number;
}

export function manifestsOf(store: ObjectStore, metadata: TableMetadata): Manifests {
  const spec = specOf(metadata);
  const codec: ManifestCodec = manifestCodec(currentSchema(metadata), spec);
  let newest: { readonly location: string; readonly manifests: readonly ManifestFile[] } | undefined;
  const read = async (location: string) => {
    const name = nameOf(store, location);
    const object = await store.get(name);
    if (object) return { name, bytes: object.bytes };
    throw new InputError('the table refers to a file that does not exist', {
      expected: name,
      got: 'nothing',
    });
  };

  async function entries(manifest: ManifestFile): Promise<readonly ManifestEntry[]> {
    const { name, bytes } = await read(manifest.path);
    const itsSpec = specOf(metadata, manifest.specId);
    const itsCodec = itsSpec === spec ? codec : manifestCodec(codec.schema, itsSpec);
    return readManifest(itsCodec, bytes, name)
      .filter(({ status }) => status !== entryStatus.deleted)
      .map((entry) => ({
        ...entry,
        snapshotId: entry.snapshotId ?? manifest.addedSnapshotId,
        sequenceNumber: entry.sequenceNumber ?? manifest.sequenceNumber,
        fileSequenceNumber: entry.fileSequenceNumber ?? manifest.sequenceNumber,
      }));
  }

  return {
    entries,

    async of(snapshot) {
      if (!snapshot) return [];
      const location = snapshot['manifest-list'];
      if (newest?.location === location) return newest.manifests;
      const { name, bytes } = await read(location);
      newest = { location, manifests: readManifestList(bytes, name) };
      return newest.manifests;
    },

    async writeList(header, manifests, name) {
      await putUnique(store, name, writeManifestList(header, manifests));
      const location = locationOf(store, name);
      newest = { location, manifests };
      return location;
    },

    async writeAdded(files, snapshotId, name) {
      // The sequence number is that of the commit which succeeds; entries inherit it, so that this file
      // survives any number of attempts.
      const added = files.map((dataFile) => ({
        status: entryStatus.added,
        snapshotId,
        sequenceNumber: null,
        fileSequenceNumber: null,
        dataFile,
      }));
      const bytes = writeManifest(codec, added);
      await putUnique(store, name, bytes);
      const written = { path: locationOf(store, name), length: bytes.length, spec, snapshotId };
      return {
        location: written.path,
        line: (sequenceNumber) => manifestFileOf({ ...written, sequenceNumber }, added),
      };
    },

    async merge(manifests, { name, snapshotId, sequenceNumber }) {
      const small = manifests.filter(
        ({ specId, addedFiles, existingFiles }) =>
          specId === spec['spec-id'] && addedFiles + existingFiles < fullManifest,
      );
      if (small.length < 2) return manifests;
      const merged = (await Promise.all(small.map(entries)))
        .flat()
        .map((entry) => ({ ...entry, status: entryStatus.existing }));
      const bytes = writeManifest(codec, merged);
      await putUnique(store, name, bytes);
      const written = {
        path: locationOf(store, name),
        length: bytes.length,
        spec,
        snapshotId,
        sequenceNumber,
      };
      return [manifestFileOf(written, merged), ...manifests.filter((each) => !small.includes(each))];
    },
  };
}
