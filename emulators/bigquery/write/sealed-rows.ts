import { DuckDBDataChunk } from '@duckdb/node-api';
import type { KnownKeys } from './known-keys.ts';
import type { Layout } from './layout.ts';
import type { Slab } from './slab.ts';
import { chunksOf } from './slab-chunks.ts';

/**
 * Rows that wait as DuckDB will take them. A slab is emptied into a chunk once it is full and then filled again while
 * the processor still has it at hand; the chunks' memory is DuckDB's own, which V8 does not look through and does not
 * count: slabs that waited made it collect the whole heap every few thousand rows.
 */
export class SealedRows {
  readonly layout: Layout;
  readonly chunks: DuckDBDataChunk[] = [];
  /** Of each row's key, two halves. */
  readonly #hashes: Int32Array[] = [];
  rows = 0;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  add(slab: Slab, spare: ChunkStore): void {
    for (const chunk of chunksOf(slab, this.layout, 0, () => spare.take(this.layout)))
      this.chunks.push(chunk);
    this.rows += slab.rows;
    this.#hashes.push(slab.hashes.slice(0, slab.rows * 2));
  }

  tell(keys: KnownKeys): void {
    for (const hashes of this.#hashes) keys.addAll(hashes);
  }
}

/** As many as rows are brought in at once take, and some that come meanwhile. */
const mostSpare = 32;

/** Chunks to be used again: making one asks the system for all its memory anew. */
export class ChunkStore {
  #layout: Layout | undefined;
  #spare: DuckDBDataChunk[] = [];

  take(layout: Layout): DuckDBDataChunk {
    if (this.#layout !== layout) this.#spare = [];
    this.#layout = layout;
    return this.#spare.pop() ?? DuckDBDataChunk.create(layout.types);
  }

  /** Emptied also when it is not kept: the collector does not see how much it holds. */
  giveBack({ layout, chunks }: SealedRows): void {
    for (const chunk of chunks) {
      chunk.reset();
      if (layout === this.#layout && this.#spare.length < mostSpare) this.#spare.push(chunk);
    }
  }
}
