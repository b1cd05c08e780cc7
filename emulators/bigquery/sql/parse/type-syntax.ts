import { notServed } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import type { TypeSyntax } from './syntax.ts';

export function typeSyntax(c: Cursor): TypeSyntax {
  const at = c.at;
  if (c.accept('ARRAY')) {
    c.expect('<');
    const of = typeSyntax(c);
    closeAngle(c);
    return { name: 'ARRAY', of, at };
  }
  if (c.accept('STRUCT')) return structSyntax(c);
  if (c.accept('INTERVAL')) return { name: 'INTERVAL', at };
  if (c.is('RANGE')) throw notServed('The type RANGE', at);
  const name = c.identifier().toUpperCase();
  if (!c.accept('(')) return { name, at };
  const parameters = c.list(() => c.integer());
  c.expect(')');
  return { name, parameters, at };
}

/** `<a INT64, b STRING>`, behind STRUCT or TABLE. */
export function structSyntax(c: Cursor): TypeSyntax {
  const at = c.at;
  c.expect('<');
  const fields = c.is('>') ? [] : c.list(() => structField(c));
  closeAngle(c);
  return { name: 'STRUCT', fields, at };
}

function structField(c: Cursor): { name?: string; type: TypeSyntax } {
  const after = c.peek(1);
  const unnamed = after.kind === 'symbol' && /^[<>,(]|>>$/.test(after.text);
  return unnamed ? { type: typeSyntax(c) } : { name: c.identifier(), type: typeSyntax(c) };
}

/** `ARRAY<STRUCT<a INT64>>` ends in one token `>>`. */
function closeAngle(c: Cursor): void {
  if (c.is('>>')) c.splitAngles();
  c.expect('>');
}
