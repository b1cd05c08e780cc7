import type { SchemaElement } from 'hyparquet';
import type { Column, ColumnType } from './schema.ts';

type Physical = Omit<SchemaElement, 'name'>;

/**
 * Field ids are what Iceberg readers find columns by. Each type is said twice, as the logical type and as the
 * older converted one: DuckDB takes a decimal without the latter for an integer.
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
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } };
    case 'timestamptz':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      };
    case 'decimal': {
      const { precision, scale } = type;
      return {
        type: precision <= 9 ? 'INT32' : 'INT64',
        precision,
        scale,
        converted_type: 'DECIMAL',
        logical_type: { type: 'DECIMAL', precision, scale },
      };
    }
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
  }
}

/**
 * The schema to hand to hyparquet and its writer, which then take and give the stored integers as they are.
 * Told the types, they would turn decimals into doubles, scaling them, and instants into milliseconds.
 */
export function withoutConversions(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) => {
    const { converted_type: converted, logical_type: logical, ...stored } = element;
    return converted === 'UTF8' || logical?.type === 'STRING'
      ? { ...stored, converted_type: 'UTF8' }
      : stored;
  });
}
