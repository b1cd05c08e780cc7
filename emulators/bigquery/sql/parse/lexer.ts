import { SqlError } from '../sql-error.ts';

export interface Token {
  readonly kind:
    | 'word'
    | 'quoted'
    | 'string'
    | 'bytes'
    | 'number'
    | 'symbol'
    | 'parameter'
    | 'system'
    | 'end';
  /** Decoded text: a quoted identifier without backquotes, a string with its escapes resolved. */
  readonly text: string;
  readonly upper: string;
  readonly at: number;
  readonly end: number;
}

const symbols = ['<<', '>>', '<=', '>=', '<>', '!=', '||', '=>', '|>', '@{'];
const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at = skipBlank(text, token.end);
  }
  tokens.push({ kind: 'end', text: '', upper: '', at: text.length, end: text.length });
  return tokens;
}

function skipBlank(text: string, from: number): number {
  const blank = /(?:\s+|#[^\n]*|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  blank.lastIndex = from;
  blank.test(text);
  return blank.lastIndex;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function tokenAt(text: string, at: number): Token {
  const make = (kind: Token['kind'], value: string, end: number): Token => ({
    kind,
    text: value,
    upper: kind === 'word' ? value.toUpperCase() : value,
    at,
    end,
  });
  const prefixed = matchAt(/(?:[rR][bB]?|[bB][rR]?)?(?:'''|"""|'|")/y, text, at);
  if (prefixed !== undefined) return stringAt(text, at, prefixed, make);
  const number = matchAt(/0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y, text, at);
  if (number !== undefined) return make('number', number, at + number.length);
  const word = matchAt(/[A-Za-z_][A-Za-z0-9_]*/y, text, at);
  if (word !== undefined) return make('word', word, at + word.length);
  const system = matchAt(/@@[A-Za-z_][A-Za-z0-9_.]*/y, text, at);
  if (system !== undefined) return make('system', system.slice(2).toLowerCase(), at + system.length);
  const parameter = matchAt(/@(?:[A-Za-z_][A-Za-z0-9_]*|`[^`]+`)/y, text, at);
  if (parameter !== undefined)
    return make('parameter', parameter.slice(1).replaceAll('`', ''), at + parameter.length);
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) throw new SqlError('Syntax error: Unclosed identifier literal', at);
    return make('quoted', unescapeText(text.slice(at + 1, end), at), end + 1);
  }
  const two = text.slice(at, at + 2);
  if (symbols.includes(two)) return make('symbol', two, at + 2);
  const one = text[at] ?? '';
  if ('()[]{},.;:+-*/%=<>?&|^~'.includes(one)) return make('symbol', one, at + 1);
  throw new SqlError(`Syntax error: Illegal input character "${one}"`, at);
}

function stringAt(
  text: string,
  at: number,
  opening: string,
  make: (kind: Token['kind'], value: string, end: number) => Token,
): Token {
  const quote = /['"]+$/.exec(opening)?.[0] ?? "'";
  const flags = opening.slice(0, -quote.length).toLowerCase();
  const start = at + opening.length;
  let end = start;
  while (end < text.length && !text.startsWith(quote, end)) {
    if (quote.length === 1 && text[end] === '\n') break;
    end += text[end] === '\\' ? 2 : 1;
  }
  if (!text.startsWith(quote, end)) throw new SqlError('Syntax error: Unclosed string literal', at);
  const bytes = flags.includes('b');
  const written = text.slice(start, end);
  // Beyond ASCII a byte literal holds the UTF-8 of what is written; from here on a character is a byte.
  const raw = bytes ? Buffer.from(written).toString('latin1') : written;
  const value = flags.includes('r') ? raw : unescapeText(raw, at, bytes);
  return make(bytes ? 'bytes' : 'string', value, end + quote.length);
}

function unescapeText(raw: string, at: number, bytes = false): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{2})|([0-7]{3})|([\s\S]))/g,
    (
      found,
      short: string | undefined,
      long: string | undefined,
      hex: string | undefined,
      octal: string | undefined,
      other: string,
    ) => {
      if (bytes && /[uU]/.test(found.charAt(1)))
        throw new SqlError(
          'Syntax error: Illegal escape sequence: Unicode escape sequence \\u cannot be used in bytes literals',
          at,
        );
      const code = short ?? long ?? hex;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const simple = escapes[other];
      if (simple === undefined) throw new SqlError(`Syntax error: Illegal escape sequence: \\${other}`, at);
      return simple;
    },
  );
}
