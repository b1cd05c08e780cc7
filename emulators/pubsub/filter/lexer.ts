import { FilterSyntaxError } from './syntax-error.ts';

export type TokenKind = 'word' | 'string' | ':' | '.' | '=' | '!=' | '(' | ')' | ',' | '-' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Of a string: what it means, its escapes resolved. */
  readonly text: string;
  readonly at: number;
}

/** Keys may be bare when they hold nothing but letters, digits, hyphens and underscores. */
const word = /[A-Za-z0-9_][A-Za-z0-9_-]*/y;
const space = /[ \t\r\n]*/y;
const marks = ['!=', ':', '.', '=', '(', ')', ',', '-'] as const;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = matchAt(space, text, at)?.end ?? at;
    if (at >= text.length) break;
    const { token, end } = nextToken(text, at);
    tokens.push(token);
    at = end;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function nextToken(text: string, at: number): { token: Token; end: number } {
  if (text[at] === '"') return stringAt(text, at);
  const found = matchAt(word, text, at);
  if (found !== undefined) return { token: { kind: 'word', text: found.text, at }, end: found.end };
  const mark = marks.find((candidate) => text.startsWith(candidate, at));
  if (mark === undefined) {
    throw new FilterSyntaxError(`unexpected character ${JSON.stringify(text[at])}`, at);
  }
  return { token: { kind: mark, text: mark, at }, end: at + mark.length };
}

function matchAt(pattern: RegExp, text: string, at: number): { text: string; end: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? undefined : { text: match[0], end: pattern.lastIndex };
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '?': '?',
  '`': '`',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Hexadecimal, octal and Unicode escapes; a code point above the last is refused below. */
const numericEscape =
  /x(?<hex>[0-9A-Fa-f]{2})|u(?<short>[0-9A-Fa-f]{4})|U(?<long>[0-9A-Fa-f]{8})|(?<octal>[0-3][0-7]{2})/y;

function stringAt(text: string, start: number): { token: Token; end: number } {
  let value = '';
  let at = start + 1;
  while (text[at] !== '"') {
    if (at >= text.length) throw new FilterSyntaxError('the string is not closed', start);
    if (text[at] === '\\') {
      const { meaning, end } = escapeAt(text, at);
      value += meaning;
      at = end;
    } else value += text[at++];
  }
  return { token: { kind: 'string', text: value, at: start }, end: at + 1 };
}

function escapeAt(text: string, at: number): { meaning: string; end: number } {
  const simple = simpleEscapes[text[at + 1] ?? ''];
  if (simple !== undefined) return { meaning: simple, end: at + 2 };
  numericEscape.lastIndex = at + 1;
  const groups = numericEscape.exec(text)?.groups;
  const code =
    groups === undefined
      ? Number.NaN
      : groups.octal === undefined
        ? Number.parseInt(groups.hex ?? groups.short ?? groups.long ?? '', 16)
        : Number.parseInt(groups.octal, 8);
  if (!(code <= 0x10ffff)) throw new FilterSyntaxError('the escape sequence is not known', at);
  return { meaning: String.fromCodePoint(code), end: numericEscape.lastIndex };
}
