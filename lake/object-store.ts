import { InputError } from '../runtime/index.ts';

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Changes with every write of the object; `'0'` is the generation of an object that does not exist. */
  readonly generation: string;
}

export interface PutCondition {
  /** The write happens only if this is the object's generation; `'0'`: only if there is no such object. */
  readonly ifGeneration: string;
}

/**
 * All that a table needs of storage. A `put` that throws may have happened: only an answer says what became
 * of it, and even `'refused'` may be our own earlier write, because clients repeat requests by themselves.
 */
export interface ObjectStore {
  /** The location that names are relative to, without a slash at its end: `gs://bucket/prefix`. */
  readonly root: string;
  get(name: string): Promise<StoredObject | undefined>;
  put(name: string, bytes: Uint8Array, condition?: PutCondition): Promise<'stored' | 'refused'>;
  list(prefix: string): AsyncIterable<{ readonly name: string; readonly size: number }>;
  delete(name: string): Promise<void>;
}

export function locationOf(store: ObjectStore, name: string): string {
  return `${store.root}/${name}`;
}

/** Paths are compared as text by every reader, so a location of another spelling is refused, not repaired. */
export function nameOf(store: ObjectStore, location: string): string {
  if (!location.startsWith(`${store.root}/`)) {
    throw new InputError('a table refers to a file outside its store', {
      expected: `a location below ${store.root}/`,
      got: location,
      action: 'open the table with the store it was written to',
    });
  }
  return location.slice(store.root.length + 1);
}

/**
 * Writes a file whose name nobody else uses. The condition makes the write safe to repeat, and a refusal can
 * only mean that an earlier try of this same write arrived although its answer was lost.
 */
export async function putUnique(store: ObjectStore, name: string, bytes: Uint8Array): Promise<void> {
  await store.put(name, bytes, { ifGeneration: '0' });
}

/** A store that lives as long as the process: for tests, and for tables nobody needs afterwards. */
export function memoryStore(root = 'memory://lake'): ObjectStore {
  const objects = new Map<string, StoredObject>();
  let generation = 0;
  return {
    root,
    get: async (name) => objects.get(name),
    async put(name, bytes, condition) {
      const current = objects.get(name)?.generation ?? '0';
      if (condition && condition.ifGeneration !== current) return 'refused';
      generation++;
      objects.set(name, { bytes: bytes.slice(), generation: String(generation) });
      return 'stored';
    },
    async *list(prefix) {
      for (const name of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
        yield { name, size: objects.get(name)?.bytes.length ?? 0 };
      }
    },
    async delete(name) {
      objects.delete(name);
    },
  };
}
