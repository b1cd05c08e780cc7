import { notServed, SqlError } from '../sql-error.ts';
import type { Cursor } from './cursor.ts';
import { definition } from './definitions.ts';
import { expression } from './expressions.ts';
import { cursorOver, query } from './queries.ts';
import { type BareStatement, dataStatement } from './statements.ts';
import type { Expr, Statement } from './syntax.ts';
import { typeSyntax } from './type-syntax.ts';

/**
 * Text to tree: the one way into the grammar, which could be another parser's. It is our own because a ready-made one
 * (WebAssembly, all dialects) took 1.5 s to load and 300 MB, gave functions no position and every function a node type
 * of its own; this takes 0.2 ms a statement and knows scripts, definitions and procedures as well.
 */
export function parseScript(text: string): Statement[] {
  const c = cursorOver(text);
  const statements = statementsUntil(c);
  if (c.peek().kind !== 'end') c.fail();
  return statements;
}

export function parseExpression(text: string): Expr {
  const c = cursorOver(text);
  const found = expression(c);
  if (c.peek().kind !== 'end') c.fail();
  return found;
}

function statementsUntil(c: Cursor, ...closing: string[]): Statement[] {
  const found: Statement[] = [];
  for (;;) {
    while (c.accept(';'));
    if (c.peek().kind === 'end' || closing.some((word) => c.is(word))) return found;
    if (c.is('DECLARE') && found.some((s) => s.kind !== 'declare'))
      throw new SqlError('Variable declarations are allowed only at the start of a block or script', c.at);
    found.push(statement(c));
    if (!c.is(';') && c.peek().kind !== 'end')
      c.fail(found.length === 1 && closing.length === 0 ? 'end of input' : '";"');
  }
}

/** Statements of GoogleSQL that are not served; other words begin none. */
const foreign = /^(GRANT|REVOKE|EXPLAIN|UNDROP|DEFINE)$/;

function statement(c: Cursor): Statement {
  const at = c.at;
  const label = c.peek(1).text === ':' ? labelOf(c) : undefined;
  if (label !== undefined && !c.isAny('BEGIN', 'LOOP', 'WHILE', 'REPEAT', 'FOR')) c.fail();
  const found = dataStatement(c) ?? controlStatement(c, label) ?? definition(c, procedureBody);
  if (!found) {
    if (foreign.test(c.peek().upper)) throw notServed(`The statement ${c.peek().upper}`, at);
    c.fail();
  }
  // A loop or block may say its name again at its end.
  if (label !== undefined && c.peek().kind === 'word' && c.peek().text.toLowerCase() === label) c.take();
  return { ...found, at, end: c.lastEnd, ...(label !== undefined && { label }) } as Statement;
}

function labelOf(c: Cursor): string {
  const name = c.identifier().toLowerCase();
  c.expect(':');
  return name;
}

const jumps: Readonly<Record<string, 'BREAK' | 'CONTINUE'>> = {
  BREAK: 'BREAK',
  LEAVE: 'BREAK',
  CONTINUE: 'CONTINUE',
  ITERATE: 'CONTINUE',
};

function procedureBody(c: Cursor): string {
  const from = c.at;
  c.expect('BEGIN');
  enclosed(c, [], () => block(c));
  return c.text.slice(from, c.lastEnd);
}

function enclosed(c: Cursor, around: Cursor['around'], read: () => BareStatement): BareStatement {
  const before = c.around;
  c.around = around;
  const found = read();
  c.around = before;
  return found;
}

function inside(c: Cursor, one: Cursor['around'][number], read: () => BareStatement): BareStatement {
  if (one.label !== undefined && c.around.some(({ label }) => label === one.label))
    throw new SqlError(`Label ${one.label} already exists`, c.at);
  return enclosed(c, [...c.around, one], read);
}

function controlStatement(c: Cursor, label: string | undefined): BareStatement | undefined {
  const looping = (loop: () => BareStatement): BareStatement => inside(c, { loop: true, label }, loop);
  if (c.accept('DECLARE')) return declare(c);
  if (c.accept('SET')) return assign(c);
  if (c.accept('IF')) return conditional(c);
  if (c.accept('CASE')) return choice(c);
  if (c.accept('WHILE')) {
    const when = expression(c);
    c.expect('DO');
    return looping(() => ({ kind: 'loop', when, body: closed(c, 'END', 'WHILE') }));
  }
  if (c.accept('LOOP')) return looping(() => ({ kind: 'loop', body: closed(c, 'END', 'LOOP') }));
  if (c.accept('REPEAT'))
    return looping(() => {
      const body = statementsUntil(c, 'UNTIL');
      c.expect('UNTIL');
      const until = expression(c);
      c.expect('END', 'REPEAT');
      return { kind: 'loop', body, until };
    });
  if (c.accept('FOR')) {
    const name = c.identifier();
    c.expect('IN', '(');
    const rows = query(c);
    c.expect(')', 'DO');
    return looping(() => ({ kind: 'for', name, query: rows, body: closed(c, 'END', 'FOR') }));
  }
  return blockStatement(c, label) ?? simpleStatement(c);
}

function blockStatement(c: Cursor, label: string | undefined): BareStatement | undefined {
  if (c.accept('COMMIT')) {
    c.accept('TRANSACTION');
    return { kind: 'transaction', what: 'COMMIT' };
  }
  if (c.accept('ROLLBACK')) {
    c.accept('TRANSACTION');
    return { kind: 'transaction', what: 'ROLLBACK' };
  }
  if (!c.accept('BEGIN')) return undefined;
  if (c.accept('TRANSACTION') || c.is(';') || c.peek().kind === 'end')
    return { kind: 'transaction', what: 'BEGIN' };
  return inside(c, { loop: false, label }, () => block(c));
}

function block(c: Cursor): BareStatement {
  const body = statementsUntil(c, 'END', 'EXCEPTION');
  if (!c.accept('EXCEPTION')) {
    c.expect('END');
    return { kind: 'block', body };
  }
  c.expect('WHEN', 'ERROR', 'THEN');
  return { kind: 'block', body, handler: closed(c, 'END') };
}

function closed(c: Cursor, ...closing: [string, ...string[]]): Statement[] {
  const body = statementsUntil(c, closing[0]);
  c.expect(...closing);
  return body;
}

function simpleStatement(c: Cursor): BareStatement | undefined {
  if (c.accept('CALL')) {
    const routine = c.path();
    c.expect('(');
    const args = c.is(')') ? [] : c.list(() => expression(c));
    c.expect(')');
    return { kind: 'call', routine, args };
  }
  if (c.accept('ASSERT')) {
    const condition = expression(c);
    return c.accept('AS')
      ? { kind: 'assert', condition, message: c.string() }
      : { kind: 'assert', condition };
  }
  if (c.accept('RAISE')) {
    if (!c.accept('USING')) return { kind: 'raise' };
    c.expect('MESSAGE', '=');
    return { kind: 'raise', message: expression(c) };
  }
  const to = jumps[c.peek().upper];
  if (to) {
    const word = c.take();
    const target = c.peek().kind === 'word' ? c.identifier().toLowerCase() : undefined;
    const led = c.around.find(({ loop, label }) => (target === undefined ? loop : label === target));
    if (!led && target !== undefined)
      throw new SqlError(`Label ${target} does not exist or is out of scope`, word.at);
    if (!led)
      throw new SqlError(
        `${word.upper} ${to === 'BREAK' ? 'without label ' : ''}is only allowed inside of a loop body`,
        word.at,
      );
    if (to === 'CONTINUE' && !led.loop)
      throw new SqlError(`${word.upper} with label must refer to a loop`, word.at);
    return { kind: 'jump', to, ...(target !== undefined && { target }) };
  }
  if (c.accept('RETURN')) return { kind: 'jump', to: 'RETURN' };
  if (c.accept('EXECUTE')) return executeImmediate(c);
  return undefined;
}

function declare(c: Cursor): BareStatement {
  const names = c.list(() => c.identifier());
  const type = c.is('DEFAULT') ? undefined : typeSyntax(c);
  const value = c.accept('DEFAULT') ? expression(c) : undefined;
  return { kind: 'declare', names, ...(type && { type }), ...(value && { value }) };
}

function assign(c: Cursor): BareStatement {
  const several = c.accept('(');
  const names = several
    ? c.list(() => c.identifier())
    : [c.peek().kind === 'system' ? `@@${c.take().text}` : c.identifier()];
  if (several) c.expect(')');
  c.expect('=');
  return { kind: 'set', names, value: expression(c) };
}

function conditional(c: Cursor): BareStatement {
  const branches: { when: Expr; body: Statement[] }[] = [];
  do {
    const when = expression(c);
    c.expect('THEN');
    branches.push({ when, body: statementsUntil(c, 'ELSEIF', 'ELSE', 'END') });
  } while (c.accept('ELSEIF'));
  const otherwise = c.accept('ELSE') ? statementsUntil(c, 'END') : [];
  c.expect('END', 'IF');
  return { kind: 'if', branches, otherwise };
}

/** CASE as a statement is an IF with the same comparison in each branch. */
function choice(c: Cursor): BareStatement {
  const of = c.is('WHEN') ? undefined : expression(c);
  const branches: { when: Expr; body: Statement[] }[] = [];
  while (c.accept('WHEN')) {
    const at = c.at;
    const test = expression(c);
    const when: Expr = of ? { kind: 'call', name: '$equal', args: [of, test], at } : test;
    c.expect('THEN');
    branches.push({ when, body: statementsUntil(c, 'WHEN', 'ELSE', 'END') });
  }
  const otherwise = c.accept('ELSE') ? statementsUntil(c, 'END') : [];
  c.expect('END', 'CASE');
  return { kind: 'if', branches, otherwise };
}

function executeImmediate(c: Cursor): BareStatement {
  c.expect('IMMEDIATE');
  const sql = expression(c);
  const into = c.accept('INTO') ? c.list(() => c.identifier()) : [];
  const using = c.accept('USING')
    ? c.list(() => {
        const value = expression(c);
        return c.accept('AS') ? { value, name: c.identifier() } : { value };
      })
    : [];
  return { kind: 'execute', sql, into, using };
}
