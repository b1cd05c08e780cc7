import { BLOB, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Base } from './slab.ts';

/** Few, since asking where one lies copies all before it. */
const slots = 64;

/**
 * Memory that DuckDB owns and that holds the bytes of requests until their rows are in the table. Text of the rows
 * points there, so a row's text is never made a JavaScript string: a vector keeps what is assigned to it, longer than
 * twelve bytes, at an address that stays.
 */
export class Arena {
  readonly #chunks: DuckDBDataChunk[] = [];
  #used = slots;

  place(bytes: Uint8Array): Base {
    if (bytes.length <= 12) return { low: 0, high: 0 };
    if (this.#used === slots) {
      this.#chunks.push(DuckDBDataChunk.create([BLOB]));
      this.#used = 0;
    }
    const chunk = this.#chunks.at(-1) as DuckDBDataChunk;
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
    const slot = this.#used++;
    duckdb.vector_assign_string_element_len(vector, slot, bytes);
    const cells = duckdb.vector_get_data(vector, (slot + 1) * 16);
    const view = new DataView(cells.buffer, cells.byteOffset + slot * 16, 16);

    return { low: view.getUint32(8, true), high: view.getUint32(12, true) };
  }

  /** What points into the other stays good as long as this is. */
  adopt(other: Arena): void {
    this.#chunks.unshift(...other.#chunks);
  }

  /** Nothing may point here any more. Given back by hand, since the collector does not see this memory. */
  release(): void {
    for (const chunk of this.#chunks) chunk.reset();
    this.#chunks.length = 0;
    this.#used = slots;
  }
}
