export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

const patterns: readonly [Token['kind'] | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['number', /\d+(\.\d+)?([eE][+-]?\d+)?/y],
  ['string', /"(?:[^"\\]|\\.)*"/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /==|!=|<=|>=|\/\/|[-+*/%<>()[\],.]/y],
];

export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const [kind, text] = next(source, at);
    if (kind !== 'space') found.push({ kind, text, at });
    at += text.length;
  }
  found.push({ kind: 'end', text: 'end of expression', at });
  return found;
}

function next(source: string, at: number): [Token['kind'] | 'space', string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return [kind, text];
  }
  throw new ExpressionError(`unexpected ${source[at]} at position ${at + 1} of "${source}"`);
}
