import { SqlError } from '../sql-error.ts';
import { type Token, tokenise } from './lexer.ts';
import type { Query } from './syntax.ts';

const reserved = new Set(
  `ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS CREATE CROSS CUBE CURRENT DEFAULT
DEFINE DESC DISTINCT ELSE END ENUM ESCAPE EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM FULL GROUP GROUPING
GROUPS HASH HAVING IF IGNORE IN INNER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE LIMIT LOOKUP MERGE NATURAL NEW NO NOT
NULL NULLS OF ON OR ORDER OUTER OVER PARTITION PRECEDING PROTO QUALIFY RANGE RECURSIVE RESPECT RIGHT ROLLUP ROWS SELECT SET
SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE UNBOUNDED UNION UNNEST USING WHEN WHERE WINDOW WITH WITHIN`.split(
    /\s+/,
  ),
);

/** Walks the tokens of one text. Sub-queries are reached through `parseQuery`, so that expressions need not import queries. */
export class Cursor {
  readonly text: string;
  readonly parseQuery: (cursor: Cursor) => Query;
  positional = 0;
  /** How many loops are around the statement that is read. */
  loops = 0;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string, parseQuery: (cursor: Cursor) => Query) {
    this.text = text;
    this.parseQuery = parseQuery;
    this.#tokens = tokenise(text);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }
  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }
  get at(): number {
    return this.peek().at;
  }
  get mark(): number {
    return this.#next;
  }
  back(mark: number): void {
    this.#next = mark;
  }
  /** End of the last token taken. */
  get lastEnd(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  is(...words: string[]): boolean {
    return words.every((word, i) => {
      const token = this.peek(i);
      return (token.kind === 'word' || token.kind === 'symbol') && token.upper === word;
    });
  }
  isAny(...words: string[]): boolean {
    return words.some((word) => this.is(word));
  }
  accept(...words: string[]): boolean {
    if (!this.is(...words)) return false;
    this.#next += words.length;
    return true;
  }
  expect(...words: string[]): void {
    for (const word of words)
      if (!this.accept(word)) this.fail(/^\W/.test(word) ? `"${word}"` : `keyword ${word}`);
  }
  fail(expected?: string): never {
    const token = this.peek();
    const got =
      token.kind === 'end'
        ? 'end of script'
        : token.kind === 'string'
          ? 'string literal'
          : token.kind === 'number'
            ? `number literal "${token.text}"`
            : token.kind === 'word' && reserved.has(token.upper)
              ? `keyword ${token.upper}`
              : token.kind === 'word' || token.kind === 'quoted'
                ? `identifier ${token.kind === 'quoted' ? `\`${token.text}\`` : `"${token.text}"`}`
                : `"${token.text}"`;
    throw new SqlError(
      expected ? `Syntax error: Expected ${expected} but got ${got}` : `Syntax error: Unexpected ${got}`,
      token.at,
    );
  }

  atIdentifier(): boolean {
    const token = this.peek();
    return token.kind === 'quoted' || (token.kind === 'word' && !reserved.has(token.upper));
  }
  identifier(): string {
    if (!this.atIdentifier()) this.fail('identifier');
    return this.take().text;
  }
  /** After a dot any word is a name. */
  fieldName(): string {
    const token = this.peek();
    if (token.kind !== 'quoted' && token.kind !== 'word') this.fail('identifier');
    return this.take().text;
  }
  /** `a.b.c`, each part bare or backquoted; one pair of backquotes may hold several parts, project names may hold dashes. */
  path(): string[] {
    const parts: string[] = [];
    do {
      const token = this.peek();
      if (parts.length === 0 ? !this.atIdentifier() : token.kind !== 'quoted' && token.kind !== 'word')
        this.fail('identifier');
      this.take();
      if (token.kind === 'quoted') parts.push(...token.text.split('.'));
      else parts.push(token.text + (parts.length === 0 ? this.#dashes() : ''));
    } while (this.accept('.'));
    return parts;
  }
  #dashes(): string {
    let rest = '';
    while (
      this.is('-') &&
      this.peek().at === this.lastEnd &&
      this.peek(1).at === this.peek().end &&
      /word|number/.test(this.peek(1).kind)
    ) {
      this.take();
      rest += `-${this.take().text.replace(/\.$/, '')}`;
    }
    return rest;
  }
  list<T>(item: () => T, separator = ','): T[] {
    const items = [item()];
    while (this.accept(separator)) items.push(item());
    return items;
  }
  splitAngles(): void {
    const { at, end } = this.peek();
    const angle = (from: number, to: number): Token => ({
      kind: 'symbol',
      text: '>',
      upper: '>',
      at: from,
      end: to,
    });
    this.#tokens.splice(this.#next, 1, angle(at, at + 1), angle(at + 1, end));
  }
  integer(): number {
    if (this.peek().kind !== 'number') this.fail('integer literal');
    return Number(this.take().text);
  }
  string(): string {
    if (this.peek().kind !== 'string') this.fail('string literal');
    return this.take().text;
  }
  alias(): string | undefined {
    if (this.accept('AS')) return this.identifier();
    return this.atIdentifier() ? this.identifier() : undefined;
  }
}
