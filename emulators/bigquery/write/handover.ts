import { type DuckDBConnection, DuckDBTableFunction, type DuckDBType } from '@duckdb/node-api';
import { rowsOf, rowsPerChunk, type Slab } from './slab.ts';
import { fill, type Source } from './slab-chunks.ts';

/** What a statement sees of rows that wait. */
export interface Seen {
  readonly names: readonly string[];
  readonly types: readonly DuckDBType[];
  readonly sources: readonly Source[];
}
interface Part {
  readonly slab: Slab;
  readonly from: number;
  /** The place of its first row among all. */
  readonly arrival: number;
}

/** No statement of a user reaches it: a function that the catalogue does not know is refused. */
const name = '_waiting_rows';

/** One connection's way to hand rows over. */
export interface Hand {
  readonly connection: DuckDBConnection;
  /** Runs one statement that reads the rows, once, from `handed`; gives how many rows it changed. */
  run(statement: string, slabs: readonly Slab[], seen: Seen): Promise<number>;
}

/**
 * How rows that wait come into DuckDB: a statement reads them as the rows of `handed`, whose columns are filled from
 * the slabs at the moment they are asked for. An appender makes a copy of all rows before it brings them in and does its
 * work on this thread; here the statement's own thread does it, and each row's text is copied once, into its table.
 * Only who has the turn to write uses it, so there is one statement at a time.
 */
export class Handover {
  static readonly handed = `${name}()`;
  #seen: Seen = { names: [], types: [], sources: [] };
  #rows = 0;
  #parts: Iterator<Part> = [][Symbol.iterator]();

  /** One in a database, all connections of which know the function's name from now on. */
  constructor(connection: DuckDBConnection) {
    connection.registerTableFunction(
      DuckDBTableFunction.create({
        name,
        bindFunction: (bound) => {
          for (const [i, type] of this.#seen.types.entries())
            bound.addResultColumn(this.#seen.names[i] ?? '', type);
          // Else a join with a large table might gather that one in memory.
          bound.setCardinality(this.#rows, true);
        },
        initFunction: () => {},
        mainFunction: (info, chunk) => {
          try {
            const { done, value: part } = this.#parts.next();
            if (done) chunk.rowCount = 0;
            else fill(chunk, part.slab, part.from, { ...this.#seen, arrival: part.arrival });
          } catch (error) {
            info.setError(error instanceof Error ? error.message : String(error));
          }
        },
      }),
    );
  }

  by(connection: DuckDBConnection): Hand {
    return {
      connection,
      run: async (statement, slabs, seen) => {
        this.#seen = seen;
        this.#rows = rowsOf(slabs);
        this.#parts = partsOf(slabs);
        return (await connection.run(statement)).rowsChanged;
      },
    };
  }
}

function* partsOf(slabs: readonly Slab[]): Generator<Part> {
  let arrival = 0;
  for (const slab of slabs) {
    for (let from = 0; from < slab.rows; from += rowsPerChunk) yield { slab, from, arrival: arrival + from };
    arrival += slab.rows;
  }
}
