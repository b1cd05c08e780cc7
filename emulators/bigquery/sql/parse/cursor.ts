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

/** Names too, but refusals call them what they are. */
const keywords = new Set(
  `ABORT ACCESS ACTION ADD AGGREGATE ALTER ANALYZE APPROX ARE ASSERT BATCH BEGIN BIGDECIMAL BIGNUMERIC BREAK CALL CASCADE CHECK
CLAMPED CLONE CLUSTER COLUMN COLUMNS COMMIT CONNECTION CONSTANT CONSTRAINT CONTINUE COPY CORRESPONDING DATA DATABASE DATE DATETIME
DECIMAL DECLARE DEFINER DELETE DELETION DESCRIBE DETERMINISTIC DO DROP ELSEIF ENFORCED ERROR EXCEPTION EXECUTE EXPLAIN EXPORT
EXTERNAL FILES FILL FILTER FIRST FOREIGN FORMAT FUNCTION GENERATED GRANT GROUP_ROWS HIDDEN IMMEDIATE IMMUTABLE IMPORT INCLUDE INDEX
INOUT INPUT INSERT INVOKER ISOLATION ITERATE JSON KEY LANGUAGE LAST LEAVE LEVEL LOAD LOOP MACRO MATCH MATCHED MATERIALIZED MAX
MESSAGE METADATA MIN MODEL MODULE NUMERIC OFFSET ONLY OPTIONS OUT OUTPUT OVERWRITE PARTITIONS PERCENT PIVOT POLICIES POLICY PRIMARY
PRIVATE PRIVILEGE PRIVILEGES PROCEDURE PUBLIC RAISE READ REFERENCES REMOTE REMOVE RENAME REPEAT REPEATABLE REPLACE REPLACE_FIELDS
REPORT RESTRICT RESTRICTION RETURN RETURNS REVOKE ROLLBACK ROW RUN SAFE_CAST SCHEMA SEARCH SECURITY SEQUENCE SETS SHOW SIMPLE
SNAPSHOT SOURCE SQL STABLE START STORED STORING STRICT SYSTEM SYSTEM_TIME TABLE TABLES TARGET TEMP TEMPORARY TIME TIMESTAMP
TRANSACTION TRANSFORM TRUNCATE TYPE UNDROP UNIQUE UNKNOWN UNPIVOT UNTIL UPDATE VALUE VALUES VECTOR VIEW VIEWS VOLATILE WEIGHT WHILE
WRITE ZONE`.split(/\s+/),
);

/** A token as refusals name it. */
function described(token: Token, written: string): string {
  switch (token.kind) {
    case 'end':
      return 'end of script';
    case 'string':
    case 'bytes':
      return `${token.kind} literal ${written}`;
    case 'number':
      return `${/^(\d+|0x.*)$/i.test(written) ? 'integer' : 'floating point'} literal "${written}"`;
    case 'word':
      return reserved.has(token.upper) || keywords.has(token.upper)
        ? `keyword ${token.upper}`
        : `identifier "${written}"`;
    case 'quoted':
      return `identifier ${written}`;
    default:
      return `"${token.text}"`;
  }
}

/** Walks the tokens of one text. Sub-queries are reached through `parseQuery`, so that expressions need not import queries. */
export class Cursor {
  readonly text: string;
  readonly parseQuery: (cursor: Cursor) => Query;
  positional = 0;
  /** The loops and blocks around the statement that is read: where BREAK and CONTINUE may lead. */
  around: readonly { readonly loop: boolean; readonly label: string | undefined }[] = [];
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
    const got = described(token, this.text.slice(token.at, token.end));
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
