/** What a caller may write on an object; every other property of the resource is the service's own. */
export interface ObjectFields {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly cacheControl?: string;
  readonly customTime?: string;
  readonly storageClass?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One generation of an object. Plain data: the file backend keeps it as JSON. */
export interface ObjectRecord {
  readonly bucket: string;
  readonly name: string;
  /** Microseconds since the epoch, rising: the service's own form, and a safe integer until the year 2255. */
  readonly generation: number;
  readonly metageneration: number;
  /** Names the bytes in the backend. Bytes never change; a new generation has new ones. */
  readonly content: string;
  readonly size: number;
  readonly crc32c: string;
  /** Composed objects have none, as in the service. */
  readonly md5Hash?: string;
  readonly componentCount?: number;
  readonly timeCreated: number;
  readonly updated: number;
  /** Set when a versioned bucket keeps a generation that is no longer the live one. */
  readonly timeDeleted?: number;
  readonly fields: ObjectFields;
}

/** All generations of one name. */
export interface ObjectHistory {
  readonly name: string;
  readonly live: ObjectRecord | undefined;
  /** Oldest first. */
  readonly noncurrent: readonly ObjectRecord[];
}

/** Bucket settings as the caller gave them, property by property of the resource. */
export type BucketFields = Readonly<Record<string, unknown>>;

export interface BucketRecord {
  readonly name: string;
  readonly metageneration: number;
  readonly timeCreated: number;
  readonly updated: number;
  readonly fields: BucketFields;
}
