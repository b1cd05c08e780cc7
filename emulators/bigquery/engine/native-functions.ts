import {
  BIGINT,
  BLOB,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import { type NativeFunction, natives } from '../sql/native/index.ts';

const types: Readonly<Record<string, DuckDBType>> = { T: VARCHAR, W: BIGINT, B: BLOB, D: DOUBLE };

/** Makes the functions that DuckDB has not; NULL in, NULL out. */
export function registerNatives(connection: DuckDBConnection): void {
  for (const native of natives) connection.registerScalarFunction(scalarFunction(native));
}

function scalarFunction({ name, shape, call }: NativeFunction): DuckDBScalarFunction {
  const letters = [...shape].map((letter) => types[letter] ?? VARCHAR);
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: letters.slice(0, -1),
    returnType: letters.at(-1) ?? VARCHAR,
    mainFunction(info, chunk, output) {
      const columns = letters.slice(0, -1).map((_, i) => chunk.getColumnVector(i));
      try {
        for (let row = 0; row < chunk.rowCount; row++) {
          const args = columns.map((column) => plain(column.getItem(row)));
          const answer = args.includes(null) ? null : call(...(args as never[]));
          output.setItem(row, answer instanceof Uint8Array ? new DuckDBBlobValue(answer) : answer);
        }
        output.flush();
      } catch (error) {
        info.setError(`bq:${error instanceof Error ? error.message : String(error)}`);
      }
    },
  });
}

const plain = (value: DuckDBValue): DuckDBValue | Uint8Array =>
  value instanceof DuckDBBlobValue ? (value.bytes as unknown as DuckDBValue) : value;
