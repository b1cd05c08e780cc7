import type { Value } from '../value.ts';
import { ExpressionError, type Token, tokens } from './tokens.ts';

export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** Loosest first, as the syntax reference orders them; operators of one row are taken from left to right. */
const rows: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];
const comparison = 2;
const literals: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
const reserved = new Set(['or', 'and', 'not', 'in']);

export function parseExpression(source: string): Expression {
  const parser = new Parser(source);
  const expression = parser.binary(0);
  parser.take('end of expression');
  return expression;
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokens(source);
  }

  binary(row: number): Expression {
    const operators = rows[row];
    if (operators === undefined) return this.#unary();
    // `not` binds looser than a comparison: not a == b is not (a == b).
    if (row === comparison && this.#accept('not')) {
      return { kind: 'unary', operator: 'not', operand: this.binary(comparison) };
    }
    let left = this.binary(row + 1);
    for (;;) {
      const operator = operators.find((one) => this.#accept(one));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.binary(row + 1) };
    }
  }

  take(text: string): void {
    if (!this.#accept(text)) this.#unexpected(text);
  }

  #unary(): Expression {
    if (this.#accept('-')) return { kind: 'unary', operator: '-', operand: this.#unary() };
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      if (this.#accept('.')) {
        const name = this.#name();
        expression = { kind: 'member', of: expression, key: { kind: 'literal', value: name } };
      } else if (this.#accept('[')) {
        const key = this.binary(0);
        this.take(']');
        expression = { kind: 'member', of: expression, key };
      } else if (this.#peek().text === '(' && this.#peek().kind === 'symbol') {
        expression = { kind: 'call', name: this.#functionName(expression), args: this.#arguments() };
      } else {
        return expression;
      }
    }
  }

  #primary(): Expression {
    const token = this.#peek();
    if (token.kind === 'number') {
      this.#at += 1;
      return { kind: 'literal', value: Number(token.text) };
    }
    if (token.kind === 'string') {
      this.#at += 1;
      return { kind: 'literal', value: this.#text(token) };
    }
    if (this.#accept('(')) {
      const inner = this.binary(0);
      this.take(')');
      return inner;
    }
    if (token.kind !== 'name' || reserved.has(token.text)) return this.#unexpected('a value');
    this.#at += 1;
    if (Object.hasOwn(literals, token.text)) return { kind: 'literal', value: literals[token.text] ?? null };
    return { kind: 'variable', name: token.text };
  }

  #text(token: Token): string {
    try {
      return JSON.parse(token.text) as string;
    } catch {
      throw new ExpressionError(`a string with an unknown escape: ${token.text} in "${this.#source}"`);
    }
  }

  #arguments(): Expression[] {
    this.take('(');
    const args: Expression[] = [];
    if (this.#accept(')')) return args;
    do args.push(this.binary(0));
    while (this.#accept(','));
    this.take(')');
    return args;
  }

  #functionName(expression: Expression): string {
    if (expression.kind === 'variable') return expression.name;
    if (expression.kind === 'member' && expression.key.kind === 'literal') {
      return `${this.#functionName(expression.of)}.${String(expression.key.value)}`;
    }
    throw new ExpressionError(`only a named function can be called in "${this.#source}"`);
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'name') this.#unexpected('a name');
    this.#at += 1;
    return token.text;
  }

  #peek(): Token {
    // The last token is the end, and nothing takes it but the end itself.
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #accept(text: string): boolean {
    const token = this.#peek();
    if (token.kind === 'string' || token.kind === 'number' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #unexpected(expected: string): never {
    const { text, at } = this.#peek();
    throw new ExpressionError(`expected ${expected}, got ${text} at position ${at + 1} of "${this.#source}"`);
  }
}
