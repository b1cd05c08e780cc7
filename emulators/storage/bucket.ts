import { noSuchObject } from './errors.ts';
import type { BucketRecord, ObjectHistory, ObjectRecord } from './records.ts';
import { SortedNames } from './sorted-names.ts';

/** A bucket in memory: what every request reads. Only the catalog changes it. */
export class Bucket {
  record: BucketRecord;
  readonly names = new SortedNames();
  readonly #histories = new Map<string, ObjectHistory>();

  constructor(record: BucketRecord, objects: readonly ObjectHistory[] = []) {
    this.record = record;
    for (const history of objects) this.set(history);
  }

  get name(): string {
    return this.record.name;
  }

  get isVersioned(): boolean {
    const versioning = this.record.fields.versioning as { enabled?: unknown } | undefined;
    return versioning?.enabled === true;
  }

  get histories(): readonly ObjectHistory[] {
    return [...this.#histories.values()];
  }

  history(name: string): ObjectHistory {
    return this.#histories.get(name) ?? { name, live: undefined, noncurrent: [] };
  }

  set(history: ObjectHistory): void {
    if (history.live === undefined && history.noncurrent.length === 0) {
      this.#histories.delete(history.name);
      this.names.delete(history.name);
    } else {
      this.#histories.set(history.name, history);
      this.names.add(history.name);
    }
  }

  /** Without a generation: the live one. */
  find(name: string, generation?: number): ObjectRecord | undefined {
    const { live, noncurrent } = this.history(name);
    if (generation === undefined || generation === live?.generation) return live;
    return noncurrent.find((record) => record.generation === generation);
  }

  get(name: string, generation?: number): ObjectRecord {
    const record = this.find(name, generation);
    if (record === undefined) throw noSuchObject(this.name, name, generation);
    return record;
  }
}
