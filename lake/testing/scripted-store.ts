import { TransientError } from '../../runtime/index.ts';
import type { ObjectStore } from '../object-store.ts';

/** What becomes of one creation of a metadata file, and what its caller is told. */
export type PutFate =
  | 'succeed'
  /** Somebody else creates that version first. */
  | 'conflict'
  /** It happens; the client repeats it and reports the refusal of its own repetition. */
  | 'land-then-refused'
  /** It happens; the answer is a server error. */
  | 'land-then-500'
  /** It happens; no answer comes. */
  | 'land-then-unknown'
  /** It does not happen; no answer comes. */
  | 'unknown-no-land'
  /** No answer comes; it happens when somebody next asks for a metadata file, or tries to create one. */
  | 'unknown-lands-late';

export const putFates: readonly PutFate[] = [
  'succeed',
  'conflict',
  'land-then-refused',
  'land-then-500',
  'land-then-unknown',
  'unknown-no-land',
  'unknown-lands-late',
];

export interface ScriptedStore extends ObjectStore {
  /** Consumed one per creation of a metadata file; afterwards everything succeeds. */
  readonly fates: PutFate[];
  readonly deleted: string[];
}

const isMetadata = (name: string) => /\/v\d+\.metadata\.json$/.test(name);

/** `rival` commits to the same table, over the store underneath, whenever the script says conflict. */
export function scriptedStore(store: ObjectStore, rival: () => Promise<unknown>): ScriptedStore {
  const fates: PutFate[] = [];
  const deleted: string[] = [];
  let late: (() => Promise<unknown>) | undefined;
  const arrive = async () => {
    const arriving = late;
    late = undefined;
    await arriving?.();
  };
  return {
    fates,
    deleted,
    root: store.root,
    list: (prefix) => store.list(prefix),
    async get(name) {
      const object = await store.get(name);
      // After the look, so that the look misses it: the hardest moment for a late arrival.
      if (isMetadata(name)) await arrive();
      return object;
    },
    async delete(name) {
      deleted.push(name);
      await store.delete(name);
    },
    async put(name, bytes, condition) {
      if (!isMetadata(name)) return store.put(name, bytes, condition);
      await arrive();
      const put = () => store.put(name, bytes, condition);
      const fate = fates.shift() ?? 'succeed';
      if (fate === 'conflict') await rival();
      if (fate === 'succeed' || fate === 'conflict') return put();
      if (fate === 'unknown-lands-late') late = put;
      else if (fate !== 'unknown-no-land') await put();
      if (fate === 'land-then-refused') return 'refused';
      throw new TransientError(
        fate === 'land-then-500' ? '500 Internal Server Error' : 'the connection was reset',
      );
    },
  };
}
