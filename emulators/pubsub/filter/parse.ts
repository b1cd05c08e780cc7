import { type Token, type TokenKind, tokensOf } from './lexer.ts';
import { FilterSyntaxError } from './syntax-error.ts';

/**
 * The grammar of the service's documentation:
 *
 *   filter     = all | any | factor
 *   all        = factor ( AND factor )+          AND and OR are not mixed without parentheses
 *   any        = factor ( OR factor )+
 *   factor     = ( NOT | - )? ( "(" filter ")" | comparison )
 *   comparison = attributes : key | attributes . key ( = | != ) string | hasPrefix( attributes . key , string )
 *   key        = word | string
 */
export type Filter =
  | { readonly kind: 'has'; readonly key: string }
  | { readonly kind: 'equals'; readonly key: string; readonly value: string }
  | { readonly kind: 'hasPrefix'; readonly key: string; readonly value: string }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] };

const joints = { AND: 'and', OR: 'or' } as const;

export function parseFilter(text: string): Filter {
  const cursor = new Cursor(tokensOf(text));
  const filter = expression(cursor);
  cursor.expect('end', 'AND, OR or the end of the filter');
  return filter;
}

function expression(cursor: Cursor): Filter {
  const operands = [factor(cursor)];
  let joint: keyof typeof joints | undefined;
  for (let next = jointAt(cursor); next !== undefined; next = jointAt(cursor)) {
    if (joint !== undefined && joint !== next) {
      throw new FilterSyntaxError('AND and OR may be combined only with parentheses', cursor.next.at);
    }
    joint = next;
    cursor.take();
    operands.push(factor(cursor));
  }
  const [only] = operands;
  return joint === undefined && only !== undefined ? only : { kind: joints[joint ?? 'AND'], operands };
}

function jointAt({ next }: Cursor): keyof typeof joints | undefined {
  return next.kind === 'word' && (next.text === 'AND' || next.text === 'OR') ? next.text : undefined;
}

function factor(cursor: Cursor): Filter {
  const { next } = cursor;
  if (next.kind === '-' || (next.kind === 'word' && next.text === 'NOT')) {
    cursor.take();
    return { kind: 'not', operand: term(cursor) };
  }
  return term(cursor);
}

function term(cursor: Cursor): Filter {
  const start = cursor.take();
  if (start.kind === '(') {
    const inner = expression(cursor);
    cursor.expect(')', 'a closing parenthesis');
    return inner;
  }
  if (start.kind === 'word' && start.text === 'hasPrefix') return prefix(cursor);
  if (start.kind === 'word' && start.text === 'attributes') return comparison(cursor);
  throw new FilterSyntaxError('expected attributes, hasPrefix, NOT or a parenthesis', start.at);
}

function comparison(cursor: Cursor): Filter {
  const access = cursor.take();
  if (access.kind === ':') return { kind: 'has', key: keyOf(cursor) };
  if (access.kind !== '.') throw new FilterSyntaxError('expected : or . after attributes', access.at);
  const key = keyOf(cursor);
  const operator = cursor.take();
  if (operator.kind !== '=' && operator.kind !== '!=') {
    throw new FilterSyntaxError('expected = or !=', operator.at);
  }
  const value = cursor.expect('string', 'a string in double quotes').text;
  const equals: Filter = { kind: 'equals', key, value };
  return operator.kind === '=' ? equals : { kind: 'not', operand: equals };
}

function prefix(cursor: Cursor): Filter {
  cursor.expect('(', 'an opening parenthesis');
  const word = cursor.expect('word', 'attributes');
  if (word.text !== 'attributes') throw new FilterSyntaxError('expected attributes', word.at);
  cursor.expect('.', 'a dot');
  const key = keyOf(cursor);
  cursor.expect(',', 'a comma');
  const value = cursor.expect('string', 'a string in double quotes').text;
  cursor.expect(')', 'a closing parenthesis');
  return { kind: 'hasPrefix', key, value };
}

function keyOf(cursor: Cursor): string {
  const token = cursor.take();
  if (token.kind === 'word' || token.kind === 'string') return token.text;
  throw new FilterSyntaxError('expected the key of an attribute', token.at);
}

class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
    if (token === undefined) throw new FilterSyntaxError('the filter is empty', 0);
    return token;
  }

  take(): Token {
    const token = this.next;
    this.#at += 1;
    return token;
  }

  expect(kind: TokenKind, what: string): Token {
    const token = this.take();
    if (token.kind !== kind) throw new FilterSyntaxError(`expected ${what}`, token.at);
    return token;
  }
}
