import type { ParquetColumn } from './parquet/file.ts';
import type { Column, ColumnType } from './schema.ts';

/** Each column as a leaf of the file. */
export function parquetColumns(columns: readonly Column[]): readonly ParquetColumn[] {
  return columns.map(({ id, name, required, type }) => ({ name, fieldId: id, required, ...stored(type) }));
}

/** The widest decimal that 32 bits hold. */
const narrowDecimal = 9;

function stored(type: ColumnType): Pick<ParquetColumn, 'type' | 'converted' | 'decimal'> {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN' };
    case 'int':
      return { type: 'INT32' };
    case 'long':
      return { type: 'INT64' };
    case 'float':
      return { type: 'FLOAT' };
    case 'double':
      return { type: 'DOUBLE' };
    case 'date':
      return { type: 'INT32', converted: 'DATE' };
    case 'timestamptz':
      return { type: 'INT64', converted: 'TIMESTAMP_MICROS' };
    case 'decimal': {
      const { precision, scale } = type;
      const physical = precision <= narrowDecimal ? 'INT32' : 'INT64';
      return { type: physical, converted: 'DECIMAL', decimal: { precision, scale } };
    }
    case 'string':
      return { type: 'BYTE_ARRAY', converted: 'UTF8' };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
  }
}
