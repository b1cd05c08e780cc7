import { collationOf } from '../collations.ts';
import { SqlError } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import type { Options, TypeSyntax } from './syntax.ts';

/** How what stands behind the type of a column is read; a type elsewhere has none. */
type ColumnOptions = (c: Cursor) => Options;

export function typeSyntax(c: Cursor, column?: ColumnOptions): TypeSyntax {
  const at = c.at;
  if (c.isAny('ARRAY', 'RANGE')) {
    const name = c.take().upper;
    c.expect('<');
    const of = typeSyntax(c, name === 'ARRAY' ? column : undefined);
    closeAngle(c);
    return { name, of, at };
  }
  if (c.accept('STRUCT')) return structSyntax(c, column);
  if (c.accept('INTERVAL')) return { name: 'INTERVAL', at };
  const name = c.identifier().toUpperCase();
  const parameters = c.accept('(') ? c.list(() => c.integer()) : undefined;
  if (parameters) c.expect(')');
  const collation = c.is('COLLATE') ? collationOfColumn(c, name, column !== undefined) : undefined;
  return { name, at, ...(parameters && { parameters }), ...(collation !== undefined && { collation }) };
}

function collationOfColumn(c: Cursor, type: string, allowed: boolean): string {
  const { at } = c;
  if (!allowed) throw new SqlError('Type with collation name is not supported', at);
  if (type !== 'STRING')
    throw new SqlError(
      `COLLATE can only be applied to columns or expressions of type STRING, but was applied to ${type}`,
      at,
    );
  c.expect('COLLATE');
  return collationName(c);
}

/** What stands behind COLLATE where no expression may. */
export function collationName(c: Cursor): string {
  const { at } = c;
  const token = c.take();
  if (token.kind !== 'string') throw new SqlError('COLLATE must be followed by a string literal', at);
  collationOf(token.text, at);
  return token.text;
}

/** `<a INT64, b STRING>`, behind STRUCT or TABLE. */
export function structSyntax(c: Cursor, column?: ColumnOptions): TypeSyntax {
  const at = c.at;
  c.expect('<');
  const fields = c.is('>') ? [] : c.list(() => structField(c, column));
  closeAngle(c);
  return { name: 'STRUCT', fields, at };
}

function structField(c: Cursor, column?: ColumnOptions): NonNullable<TypeSyntax['fields']>[number] {
  const after = c.peek(1);
  const unnamed = after.kind === 'symbol' && /^[<>,(]|>>$/.test(after.text);
  if (unnamed) return { type: typeSyntax(c, column) };
  const field = { name: c.identifier(), type: typeSyntax(c, column) };
  return column ? { ...field, required: c.accept('NOT', 'NULL'), options: column(c) } : field;
}

/** `ARRAY<STRUCT<a INT64>>` ends in one token `>>`. */
function closeAngle(c: Cursor): void {
  if (c.is('>>')) c.splitAngles();
  c.expect('>');
}
