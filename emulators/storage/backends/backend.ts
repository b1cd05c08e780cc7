import type { Readable } from 'node:stream';
import type { Span } from '../ranges.ts';
import type { BucketRecord, ObjectHistory } from '../records.ts';

/** Bytes on their way in. Nobody sees them until an object's record names them. */
export interface Draft {
  readonly size: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written outlive the process: an upload session promises this with every 308. */
  flush(): Promise<void>;
  /** Ends the draft; the answer names the bytes. */
  seal(): Promise<string>;
  /** Forgets the bytes. After a seal it does nothing. */
  discard(): Promise<void>;
  /** Flushes and lets go of the bytes without forgetting them: the process ends, `reopen` continues. */
  park(): Promise<void>;
}

/** An upload session that a restart must know again. Its bytes are in the draft of the same id. */
export interface SavedUpload {
  readonly id: string;
  readonly state: unknown;
}

export interface SavedBucket {
  readonly bucket: BucketRecord;
  readonly objects: readonly ObjectHistory[];
}

/**
 * Where buckets, objects and bytes are kept. What it knows is read once, at the start; from then on the catalog
 * decides in memory and the backend follows.
 *
 * The `save…` and `remove…` methods are synchronous on purpose: checking a precondition, making the change lasting
 * and showing it to readers happen in one turn of the event loop, so no second writer comes between.
 */
export interface Backend {
  load(): readonly SavedBucket[];
  /** @param id names the draft of an upload session, so that `reopen` finds it after a restart */
  draft(id?: string): Draft;
  /**
   * Continues a draft that the last run left; `seen` is handed the bytes it already has. What is more than a multiple
   * of `granule` is cut off: a kill may have torn the last write.
   */
  reopen(id: string, granule: number, seen: (bytes: Uint8Array) => void): Promise<Draft>;
  /** Opened at once: the bytes stay readable although the object is replaced meanwhile. */
  read(content: string, span: Span): Readable | Uint8Array;
  removeContent(content: string): void;
  saveBucket(bucket: BucketRecord): void;
  removeBucket(name: string): void;
  /** A history without any generation is removed. */
  saveObject(bucket: string, history: ObjectHistory): void;
  loadUploads(): readonly SavedUpload[];
  saveUpload(upload: SavedUpload): void;
  removeUpload(id: string): void;
  close(): Promise<void>;
}
