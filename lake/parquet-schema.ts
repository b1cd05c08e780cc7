import type { SchemaElement } from 'hyparquet';
import type { Column, ColumnType } from './schema.ts';

type Physical = Omit<SchemaElement, 'name'>;

/**
 * Field ids are what Iceberg readers find columns by. Decimals and instants carry only the logical type, not
 * the older converted type: with that one the writer would scale our unscaled integers a second time.
 */
export function parquetSchema(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: 'table', num_children: columns.length },
    ...columns.map(
      ({ id, name, required, type }): SchemaElement => ({
        name,
        field_id: id,
        repetition_type: required ? 'REQUIRED' : 'OPTIONAL',
        ...physical(type),
      }),
    ),
  ];
}

function physical(type: ColumnType): Physical {
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
      return { type: 'INT32', logical_type: { type: 'DATE' } };
    case 'timestamptz':
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } };
    case 'decimal': {
      const { precision, scale } = type;
      const width = precision <= 9 ? 'INT32' : 'INT64';
      return { type: width, precision, scale, logical_type: { type: 'DECIMAL', precision, scale } };
    }
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
  }
}
