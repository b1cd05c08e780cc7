import { invalidArgument } from './errors.ts';

/**
 * The pattern of `matchGlob` as a regular expression over whole names: `*` any characters but `/`, `**` any at all, `?`
 * one but `/`, `[a-z]` and `[!a-z]` one of a set, `{a,b}` one of several patterns, `\\` takes the next as it is.
 */
export function globPattern(glob: string): RegExp {
  const tokens = glob.match(/\*\*|\\.|\[[!^]?\]?[^\]]*\]|[\s\S]/gu) ?? [];
  let depth = 0;
  const parts = tokens.map((token) => {
    if (token === '{') depth += 1;
    if (token === '}' && depth === 0) return '\\}';
    if (token === '}') depth -= 1;
    if (token === ',') return depth > 0 ? '|' : ',';
    return partOf(token);
  });
  if (depth > 0) throw invalidArgument(`Invalid glob pattern: ${glob}`);
  try {
    return new RegExp(`^(?:${parts.join('')})$`, 'su');
  } catch {
    throw invalidArgument(`Invalid glob pattern: ${glob}`);
  }
}

function partOf(token: string): string {
  const fixed: Readonly<Record<string, string>> = {
    '**': '.*',
    '*': '[^/]*',
    '?': '[^/]',
    '{': '(?:',
    '}': ')',
  };
  const known = fixed[token];
  if (known !== undefined) return known;
  if (token.length > 1 && token.startsWith('[')) return setOf(token.slice(1, -1));
  return literal(token.length > 1 && token.startsWith('\\') ? token.slice(1) : token);
}

function setOf(inside: string): string {
  const isNegated = /^[!^]/.test(inside);
  const members = (isNegated ? inside.slice(1) : inside).replace(/[\\\]^[&~|]/g, '\\$&');
  return `[${isNegated ? '^/' : ''}${members}]`;
}

const literal = (text: string): string => text.replace(/[\^$.*+?()[\]{}|/\\]/g, '\\$&');
