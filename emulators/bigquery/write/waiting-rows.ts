import type { TableResource } from '../engine/metadata.ts';
import type { Waiting } from './apply.ts';
import { Arena } from './arena.ts';
import { KnownKeys } from './known-keys.ts';
import type { RowError } from './messages.ts';
import { type Defaults, primaryKey, type RawRows, type RowDecoder, widthsOf } from './row-decoder.ts';
import { Slab, type Width } from './slab.ts';
import type { Arrived } from './traces.ts';

/**
 * Kept for the rows to come, which is what is brought in at once and what comes meanwhile: new ones ask the system for
 * memory and make V8 mark its heap. Of requests with more rows none is kept.
 */
const mostSpare = 20;
const mostSpareRows = 8_192;

export interface Taken {
  readonly waiting: Waiting;
  readonly arena: Arena;
  readonly rows: number;
  readonly bytes: number;
  /** In the order they came. */
  readonly arrivals: readonly Arrived[];
}

const noneYet = (): { [of in keyof Waiting]: Slab[] } => ({
  plain: [],
  fresh: [],
  changes: [],
  repeated: [],
});

/** The rows on their way into one table, from when they were acknowledged until they are in it. */
export class WaitingRows {
  readonly #widths: readonly Width[];
  readonly #hasKey: boolean;
  #arena = new Arena();
  #waiting = noneYet();
  /** The keys of those changes; undefined when they may be of any. */
  #changed: KnownKeys | undefined = new KnownKeys();
  readonly #spare: Slab[] = [];
  /** The keys that the table or rows before have; undefined while that is not known: then every change is looked up. */
  known: KnownKeys | undefined;
  /** Rows came whose keys are not in `known` and never will be. */
  unhashed = false;
  rows = 0;
  #bytes = 0;
  #arrivals: Arrived[] = [];

  constructor(table: TableResource) {
    this.#widths = widthsOf(table);
    this.#hasKey = primaryKey(table).length > 0;
  }

  /** All rows or, if one of them is bad, none; with when they came. */
  add(decoder: RowDecoder, raw: RawRows, micros: bigint, defaults?: Defaults): RowError[] {
    const count = raw.ranges.length / 2;
    const slab = this.#slabFor(decoder.isChange ? this.#waiting.fresh : this.#waiting.plain, count);
    const first = slab.rows;
    const errors = decoder.decode(raw, slab, this.#arena.place(raw.bytes), defaults);
    if (errors.length > 0) {
      slab.truncate(first, first + count);
      return errors;
    }
    slab.arriving(first, micros);
    slab.rows += count;
    this.rows += count;
    this.#bytes += raw.bytes.length;
    const last = this.#arrivals.at(-1);
    if (last?.micros === micros) last.rows += count;
    else this.#arrivals.push({ micros, rows: count });
    if (decoder.isChange) this.#sort(slab, first, { hashed: decoder.hashesKeys, micros });
    else if (this.#hasKey) this.forgetKeys();
    return errors;
  }

  /** What waits now; what comes from now on waits anew. */
  take(): Taken {
    const taken = {
      waiting: this.#waiting,
      arena: this.#arena,
      rows: this.rows,
      bytes: this.#bytes,
      arrivals: this.#arrivals,
    };
    this.#arena = new Arena();
    this.#waiting = noneYet();
    this.#changed = new KnownKeys();
    this.rows = 0;
    this.#bytes = 0;
    this.#arrivals = [];
    return taken;
  }

  /** They could not be brought in; they are the first again. */
  putBack({ waiting, arena, rows, bytes, arrivals }: Taken): void {
    const { plain, fresh, changes, repeated } = this.#waiting;
    this.#waiting = {
      plain: [...waiting.plain, ...plain],
      fresh: [...waiting.fresh, ...fresh],
      changes: [],
      // What is of another key among the first may not be so among all.
      repeated: [...waiting.changes, ...waiting.repeated, ...changes, ...repeated],
    };
    this.#changed = undefined;
    this.#arena.adopt(arena);
    this.rows += rows;
    this.#bytes += bytes;
    this.#arrivals.unshift(...arrivals);
  }

  /** They are in the table. */
  recycle({ waiting, arena }: Taken): void {
    arena.release();
    for (const slabs of Object.values(waiting)) for (const slab of slabs) this.#free(slab);
  }

  /** From now on these are the keys of the table; those that were taken or came since it was read are added. */
  knowKeys(keys: KnownKeys, taken?: Taken): void {
    if (this.unhashed) return;
    const now = this.#waiting;
    for (const { fresh, changes, repeated } of taken ? [taken.waiting, now] : [now])
      for (const slab of [...fresh, ...changes, ...repeated]) keys.addAll(slab.hashes, slab.rows);
    this.known = keys;
  }

  /** Until they are known anew, every change is looked up. */
  forgetKeys(): void {
    this.known = undefined;
  }

  /** Of the rows just decoded only those of new keys stay where they are. */
  #sort(slab: Slab, first: number, { hashed, micros }: { hashed: boolean; micros: bigint }): void {
    const end = slab.rows;
    if (!hashed) {
      this.unhashed = true;
      this.forgetKeys();
    }
    const deletions = slab.columns.at(-1)?.u8;
    const left: number[] = [];
    for (let row = first; row < end; row++) {
      const low = slab.hashes[row * 2] as number;
      const high = slab.hashes[row * 2 + 1] as number;
      const isNew = this.known?.add(low, high) ?? false;
      if (isNew && deletions?.[row] === 0) continue;
      const isApart = hashed && (this.#changed?.add(low, high) ?? false);
      const changes = this.#slabFor(isApart ? this.#waiting.changes : this.#waiting.repeated, 1);
      changes.arriving(changes.rows, micros);
      changes.take(slab, row, changes.rows++);
      left.push(row);
    }
    closeGaps(slab, left);
  }

  #slabFor(slabs: Slab[], rows: number): Slab {
    const last = slabs.at(-1);
    if (last && last.room() >= rows) return last;
    const fit = this.#spare.findIndex(({ capacity }) => capacity >= rows);
    const [next = new Slab(this.#widths, rows)] = fit < 0 ? [] : this.#spare.splice(fit, 1);
    slabs.push(next);
    return next;
  }

  #free(slab: Slab): void {
    if (slab.capacity > mostSpareRows) return;
    slab.clear();
    this.#spare.push(slab);
    // Rather the larger ones, which fit whatever comes.
    if (this.#spare.length > mostSpare) this.#spare.sort((a, b) => a.capacity - b.capacity).shift();
  }
}

/** The last rows take the places of those that left, whose keys are all different: their order says nothing. */
function closeGaps(slab: Slab, left: readonly number[]): void {
  const end = slab.rows;
  let kept = end;
  let last = left.length - 1;
  for (let i = 0; i <= last; i++) {
    for (; last >= i && left[last] === kept - 1; last--) kept--;
    if (i <= last) slab.take(slab, --kept, left[i] as number);
  }
  if (kept < end) slab.truncate(kept, end);
}
