import type { Cursor } from './cursor.ts';
import type { SetOperation } from './syntax.ts';

type SetOperator = Pick<SetOperation, 'op' | 'all' | 'byName'>;

/** `LEFT UNION` looks like a join at its first word. */
export function atSetOperator(c: Cursor): boolean {
  const { kind, upper } = c.peek(
    c.isAny('FULL', 'LEFT', 'INNER') ? (c.peek(1).upper === 'OUTER' ? 2 : 1) : 0,
  );
  return kind === 'word' && /^(UNION|EXCEPT|INTERSECT)$/.test(upper);
}

/** `[FULL | LEFT [OUTER] | INNER] UNION ALL [BY NAME [ON (…)] | [STRICT] CORRESPONDING [BY (…)]]`, where one begins. */
export function setOperator(c: Cursor): SetOperator | undefined {
  if (!atSetOperator(c)) return undefined;
  const side = c.isAny('FULL', 'LEFT', 'INNER')
    ? (c.take().upper.toLowerCase() as 'full' | 'left' | 'inner')
    : undefined;
  if (side !== 'inner') c.accept('OUTER');
  const op = c.take().upper as SetOperation['op'];
  const all = c.accept('ALL');
  if (!all && !c.accept('DISTINCT')) c.fail('keyword ALL or keyword DISTINCT');
  if (c.accept('BY', 'NAME')) return { op, all, byName: { mode: side ?? 'strict', ...onlyThese(c, 'ON') } };
  const strict = c.accept('STRICT');
  if (c.accept('CORRESPONDING'))
    return { op, all, byName: { mode: strict ? 'strict' : (side ?? 'inner'), ...onlyThese(c, 'BY') } };
  if (side || strict) c.fail('keyword BY or CORRESPONDING');
  return { op, all };
}

function onlyThese(c: Cursor, word: string): { on?: readonly string[] } {
  if (!c.accept(word, '(')) return {};
  const on = c.list(() => c.identifier());
  c.expect(')');
  return { on };
}
