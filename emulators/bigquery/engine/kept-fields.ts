import { SqlError } from '../sql/sql-error.ts';
import { restName, type SchemaField, validateFields } from './schema.ts';

const reserved = /^(_PARTITION|_TABLE_|_FILE_|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER)/i;

/** A table's fields, checked, as they are kept, whichever of a type's names they came with. */
export function keptFields(fields: readonly SchemaField[]): SchemaField[] {
  validateFields(fields);
  for (const { name } of fields)
    if (reserved.test(name))
      throw new SqlError(
        `Invalid field name "${name}". Field names are not allowed to start with the (case-insensitive) prefixes _PARTITION, _TABLE_, _FILE_, _ROW_TIMESTAMP, __ROOT__ and _COLIDENTIFIER`,
        undefined,
        'invalid',
      );
  return fields.map(named);
}

const named = (field: SchemaField): SchemaField => ({
  ...field,
  type: restName(field.type),
  ...(field.fields && { fields: field.fields.map(named) }),
  ...(field.rangeElementType && { rangeElementType: { type: restName(field.rangeElementType.type) } }),
});
