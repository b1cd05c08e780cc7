import type { TableResource } from '../engine/metadata.ts';
import type { Waiting } from './apply.ts';
import { Arena } from './arena.ts';
import type { KnownKeys } from './known-keys.ts';
import type { RowError } from './messages.ts';
import { type Defaults, primaryKey, type RawRows, type RowDecoder, widthsOf } from './row-decoder.ts';
import { Slab, type Width } from './slab.ts';

const slabRows = 8192;
/** Kept for the rows to come: making them anew costs more than filling them. */
const mostSpare = 6;

export interface Taken {
  readonly waiting: Waiting;
  readonly arena: Arena;
  readonly rows: number;
}

/** The rows on their way into one table, from when they were acknowledged until they are in it. */
export class WaitingRows {
  readonly #widths: readonly Width[];
  readonly #hasKey: boolean;
  #arena = new Arena();
  #plain: Slab[] = [];
  #fresh: Slab[] = [];
  #changes: Slab[] = [];
  readonly #spare: Slab[] = [];
  /** The keys that the table or rows before have; undefined while that is not known: then every change is looked up. */
  known: KnownKeys | undefined;
  /** Rows came whose keys are not in `known` and never will be. */
  unhashed = false;
  rows = 0;

  constructor(table: TableResource) {
    this.#widths = widthsOf(table);
    this.#hasKey = primaryKey(table).length > 0;
  }

  /** All rows or, if one of them is bad, none. */
  add(decoder: RowDecoder, raw: RawRows, defaults?: Defaults): RowError[] {
    const count = raw.ranges.length / 2;
    const lane = decoder.isChange ? this.#fresh : this.#plain;
    const slab = this.#slabFor(lane, count);
    const first = slab.rows;
    const errors = decoder.decode(raw, slab, this.#arena.place(raw.bytes), defaults);
    if (errors.length > 0) {
      slab.truncate(first, first + count);
      return errors;
    }
    slab.rows += count;
    this.rows += count;
    if (decoder.isChange) this.#sort(slab, first, decoder.hashesKeys);
    else if (this.#hasKey) this.#forgetKeys();
    return errors;
  }

  /** What waits now; what comes from now on waits anew. */
  take(): Taken {
    const taken = {
      waiting: { plain: this.#plain, fresh: this.#fresh, changes: this.#changes },
      arena: this.#arena,
      rows: this.rows,
    };
    this.#arena = new Arena();
    this.#plain = [];
    this.#fresh = [];
    this.#changes = [];
    this.rows = 0;
    return taken;
  }

  /** They could not be brought in; they are the first again. */
  putBack({ waiting, arena, rows }: Taken): void {
    this.#plain.unshift(...waiting.plain);
    this.#fresh.unshift(...waiting.fresh);
    this.#changes.unshift(...waiting.changes);
    this.#arena.adopt(arena);
    this.rows += rows;
  }

  /** They are in the table. */
  recycle({ waiting, arena }: Taken): void {
    arena.release();
    for (const slab of [...waiting.plain, ...waiting.fresh, ...waiting.changes]) {
      if (slab.capacity !== slabRows || this.#spare.length >= mostSpare) continue;
      slab.clear();
      this.#spare.push(slab);
    }
  }

  /** From now on these are the keys of the table; those that came since it was read are added. */
  knowKeys(keys: KnownKeys): void {
    if (this.unhashed) return;
    for (const slab of [...this.#fresh, ...this.#changes])
      for (let row = 0; row < slab.rows; row++)
        keys.add(slab.hashes[row * 2] as number, slab.hashes[row * 2 + 1] as number);
    this.known = keys;
  }

  #forgetKeys(): void {
    this.known = undefined;
  }

  /** Of the rows just decoded only those of new keys stay where they are. */
  #sort(slab: Slab, first: number, hashed: boolean): void {
    const end = slab.rows;
    if (!hashed) {
      this.unhashed = true;
      this.#forgetKeys();
    }
    const deletions = slab.columns.at(-1)?.u8;
    let kept = first;
    for (let row = first; row < end; row++) {
      const isNew =
        this.known?.add(slab.hashes[row * 2] as number, slab.hashes[row * 2 + 1] as number) ?? false;
      if (isNew && deletions?.[row] === 0) {
        if (kept !== row) slab.take(slab, row, kept);
        kept++;
        continue;
      }
      const changes = this.#slabFor(this.#changes, 1);
      changes.take(slab, row, changes.rows++);
    }
    if (kept < end) slab.truncate(kept, end);
  }

  #slabFor(lane: Slab[], rows: number): Slab {
    const last = lane.at(-1);
    if (last && last.room() >= rows) return last;
    const made =
      (rows <= slabRows ? this.#spare.pop() : undefined) ??
      new Slab(this.#widths, Math.max(rows, lane.length === 0 ? 1 : slabRows));
    lane.push(made);
    return made;
  }
}
