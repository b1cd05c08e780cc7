import type { Clock } from '../frame/clock.ts';
import type { Backend } from './backends/backend.ts';
import { Bucket } from './bucket.ts';
import { bucketExists, bucketNotEmpty, conditionNotMet, noSuchBucket } from './errors.ts';
import { type Current, judge, type Preconditions } from './preconditions.ts';
import type { BucketFields, ObjectFields, ObjectHistory, ObjectRecord } from './records.ts';

/** Bytes that have arrived whole and were checked; not yet an object. */
export interface Sealed {
  readonly content: string;
  readonly size: number;
  readonly crc32c: string;
  readonly md5Hash?: string;
  readonly componentCount?: number;
}

/**
 * All buckets and objects. Every change is one synchronous step — judge the preconditions, save, show — and that is
 * what makes the service strongly consistent and lets exactly one of two conditional writers win.
 */
export class Catalog {
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  /** Copies share their bytes; they go with the last record that names them. */
  readonly #references = new Map<string, number>();
  #lastGeneration = 0;

  constructor(backend: Backend, clock: Clock) {
    this.#backend = backend;
    this.#clock = clock;
    for (const { bucket, objects } of backend.load()) {
      this.#buckets.set(bucket.name, new Bucket(bucket, objects));
      for (const history of objects) for (const record of generationsOf(history)) this.#adopt(record);
    }
  }

  get buckets(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Every generation of every object. */
  get records(): readonly ObjectRecord[] {
    return this.buckets.flatMap((bucket) => bucket.histories.flatMap(generationsOf));
  }

  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw noSuchBucket();
    return bucket;
  }

  createBucket(name: string, fields: BucketFields): Bucket {
    if (this.#buckets.has(name)) throw bucketExists();
    const now = this.#clock.now();
    const bucket = new Bucket({ name, metageneration: 1, timeCreated: now, updated: now, fields });
    this.#backend.saveBucket(bucket.record);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  changeBucket(
    name: string,
    preconditions: Preconditions,
    change: (old: BucketFields) => BucketFields,
  ): Bucket {
    const bucket = this.bucket(name);
    mustHold(preconditions, bucket.record);
    const { metageneration, fields } = bucket.record;
    const updated = this.#clock.now();
    const record = { ...bucket.record, metageneration: metageneration + 1, updated, fields: change(fields) };
    this.#backend.saveBucket(record);
    bucket.record = record;
    return bucket;
  }

  deleteBucket(name: string, preconditions: Preconditions): void {
    const bucket = this.bucket(name);
    mustHold(preconditions, bucket.record);
    if (bucket.names.size > 0) throw bucketNotEmpty();
    this.#backend.removeBucket(name);
    this.#buckets.delete(name);
  }

  /** Makes sealed bytes the live generation of a name. Where that is refused the bytes are forgotten. */
  put(
    bucketName: string,
    name: string,
    sealed: Sealed,
    fields: ObjectFields,
    preconditions: Preconditions,
  ): ObjectRecord {
    try {
      const bucket = this.bucket(bucketName);
      mustHold(preconditions, bucket.find(name));
      const now = this.#clock.now();
      const record: ObjectRecord = {
        ...sealed,
        bucket: bucketName,
        name,
        generation: this.#nextGeneration(now),
        metageneration: 1,
        timeCreated: now,
        updated: now,
        fields,
      };
      const { noncurrent } = bucket.history(name);
      this.#change(bucket, {
        name,
        live: record,
        noncurrent: [...noncurrent, ...this.#archived(bucket, name, now)],
      });
      return record;
    } catch (error) {
      if (!this.#references.has(sealed.content)) this.#backend.removeContent(sealed.content);
      throw error;
    }
  }

  /** Changes what the caller may write on an object; its bytes and its generation stay. */
  changeObject(record: ObjectRecord, preconditions: Preconditions, fields: ObjectFields): ObjectRecord {
    mustHold(preconditions, record);
    const bucket = this.bucket(record.bucket);
    const changed = {
      ...record,
      metageneration: record.metageneration + 1,
      updated: this.#clock.now(),
      fields,
    };
    const history = bucket.history(record.name);
    this.#change(bucket, {
      name: record.name,
      live: history.live === record ? changed : history.live,
      noncurrent: history.noncurrent.map((old) => (old === record ? changed : old)),
    });
    return changed;
  }

  /**
   * @param forGood a named generation is removed; without one the live generation of a versioned bucket is only
   * archived
   */
  deleteObject(record: ObjectRecord, preconditions: Preconditions, forGood: boolean): void {
    mustHold(preconditions, record);
    const bucket = this.bucket(record.bucket);
    const { name, live, noncurrent } = bucket.history(record.name);
    const archived = forGood ? [] : this.#archived(bucket, name, this.#clock.now());
    this.#change(bucket, {
      name,
      live: live === record ? undefined : live,
      noncurrent: [...noncurrent.filter((old) => old !== record), ...archived],
    });
  }

  /** Keeps the bytes of these records while `run` reads them, although an object may be replaced or deleted meanwhile. */
  async holding<T>(records: readonly ObjectRecord[], run: () => Promise<T>): Promise<T> {
    for (const record of records) this.#adopt(record);
    try {
      return await run();
    } finally {
      for (const record of records) this.#release(record.content);
    }
  }

  /** Removes every bucket with all that is in it. */
  clear(): void {
    const records = this.records;
    for (const { name } of this.buckets) this.#backend.removeBucket(name);
    this.#buckets.clear();
    for (const { content } of records) this.#release(content);
  }

  /** Whether an object's record names these bytes. */
  uses(content: string): boolean {
    return this.#references.has(content);
  }

  #archived(bucket: Bucket, name: string, now: number): ObjectRecord[] {
    const live = bucket.find(name);
    return live === undefined || !bucket.isVersioned ? [] : [{ ...live, timeDeleted: now }];
  }

  #change(bucket: Bucket, next: ObjectHistory): void {
    const before = generationsOf(bucket.history(next.name));
    this.#backend.saveObject(bucket.name, next);
    bucket.set(next);
    // New ones are counted first: a generation that only changed its fields must not lose its bytes in between.
    for (const record of generationsOf(next)) this.#adopt(record);
    for (const record of before) this.#release(record.content);
  }

  #adopt({ content, generation }: ObjectRecord): void {
    this.#references.set(content, (this.#references.get(content) ?? 0) + 1);
    this.#lastGeneration = Math.max(this.#lastGeneration, generation);
  }

  #release(content: string): void {
    const left = (this.#references.get(content) ?? 0) - 1;
    if (left > 0) this.#references.set(content, left);
    else {
      this.#references.delete(content);
      this.#backend.removeContent(content);
    }
  }

  #nextGeneration(now: number): number {
    this.#lastGeneration = Math.max(this.#lastGeneration + 1, Math.floor(now * 1000));
    return this.#lastGeneration;
  }
}

const generationsOf = ({ live, noncurrent }: ObjectHistory): readonly ObjectRecord[] =>
  live === undefined ? noncurrent : [...noncurrent, live];

/** For writes, where also a failed "not match" is a 412. */
export function mustHold(preconditions: Preconditions, current: Current): void {
  if (judge(preconditions, current) !== 'holds') throw conditionNotMet();
}
