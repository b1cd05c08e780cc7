import { keyed } from '../collation-keys.ts';
import { hasKey } from '../collations.ts';
import { SqlError } from '../sql-error.ts';
import { fieldsOf, type Typed } from '../typed.ts';
import { typeName } from '../types.ts';
import { intervalSize } from './intervals.ts';

/** `=` of two values of one type. A STRUCT is compared field by field, so that a NULL inside makes the answer NULL. */
export function equality(a: Typed, b: Typed, at: number): string {
  if (hasKey(a.type)) return equality(keyed(a), keyed(b), at);
  const { kind } = a.type;
  if (kind === 'ARRAY' || kind === 'JSON')
    throw new SqlError(`Equality is not defined for arguments of type ${typeName(a.type)}`, at);
  if (kind === 'STRUCT') {
    const others = fieldsOf(b);
    const each = fieldsOf(a).map((field, i) => equality(field, others[i] as Typed, at));
    return `(${each.join(' AND ') || 'true'})`;
  }
  if (kind === 'INTERVAL') return `(${intervalSize(a.sql)} = ${intervalSize(b.sql)})`;
  if (kind !== 'FLOAT64') return `(${a.sql} = ${b.sql})`;
  // DuckDB calls NaN equal to itself.
  return typeof a.literal === 'object' || typeof b.literal === 'object'
    ? `(${a.sql} = ${b.sql})`
    : `(${a.sql} = ${b.sql} AND (NOT isnan(${a.sql}) OR ${b.sql} IS NULL))`;
}
