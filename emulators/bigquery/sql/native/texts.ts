const capsDelimiters = ' \t\n\r\v\f[](){}/|\\<>!?@"^#$&~_,.:;*%+-';

export function initcap(text: string, delimiters = capsDelimiters): string {
  let start = true;
  let made = '';
  for (const c of text) {
    const upper = c.toUpperCase();
    const delimits = delimiters.includes(c);
    // A letter that would become two stays as it is.
    made += delimits ? c : !start ? c.toLowerCase() : [...upper].length === 1 ? upper : c;
    start = delimits;
  }
  return made;
}

export function normalize(text: string, mode: string): string {
  return text.normalize(mode);
}

/** Full case folding is lower-casing what upper-casing gives, for all but the letters below. */
export function foldCase(text: string, form: 'NFKC' | 'NFC' = 'NFKC'): string {
  const folded = text
    .normalize(form)
    .replace(/[^\u0131\u13a0-\u13ff\uab70-\uabbf]+/g, (s) =>
      // Lower-casing has a letter of its own for the end of a Greek word.
      s.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ'),
    )
    // Cherokee had capitals only; the Turkish i without a dot stays as it is.
    .replace(/[\u13f8-\u13fd\uab70-\uabbf]+/g, (s) => s.toUpperCase());
  return folded.normalize(form);
}

export function translate(text: string, from: string, to: string): string {
  const source = [...from];
  const target = [...to];
  if (new Set(source).size !== source.length)
    throw new Error('Duplicate character in TRANSLATE source characters');
  return [...text].map((c) => (source.includes(c) ? (target[source.indexOf(c)] ?? '') : c)).join('');
}

const soundexCodes: Readonly<Record<string, string>> = Object.fromEntries(
  ['bfpv', 'cgjkqsxz', 'dt', 'l', 'mn', 'r'].flatMap((letters, i) =>
    [...letters].map((c) => [c, String(i + 1)]),
  ),
);

export function soundex(text: string): string {
  const letters = [...text].filter((c) => /[a-zA-Z]/.test(c));
  const [first] = letters;
  if (first === undefined) return '';
  let last = soundexCodes[first.toLowerCase()];
  let made = first;
  for (const c of letters.slice(1)) {
    const code = soundexCodes[c.toLowerCase()];
    if (code === undefined) continue;
    if (code !== last) made += code;
    last = code;
  }
  return made.padEnd(4, '0').slice(0, 4);
}

export function editDistance(a: string, b: string): bigint {
  const [left, right] = [[...a], [...b]];
  let row = right.map((_, i) => i + 1);
  left.forEach((c, i) => {
    let diagonal = i;
    let before = i + 1;
    row = right.map((d, j) => {
      const cell = Math.min((row[j] ?? 0) + 1, before + 1, diagonal + (c === d ? 0 : 1));
      diagonal = row[j] ?? 0;
      before = cell;
      return cell;
    });
  });
  return BigInt(right.length === 0 ? left.length : (row.at(-1) ?? 0));
}

/** 1-based; a negative position searches backwards from that character. */
export function instr(text: string, wanted: string, position: bigint, occurrence: bigint): bigint {
  if (position === 0n) throw new Error('Position must be non-zero');
  if (occurrence <= 0n) throw new Error('Occurrence must be positive');
  const [all, sought] = [[...text], [...wanted]];
  const here = (at: number): boolean => sought.every((c, i) => all[at + i] === c);
  const step = position > 0n ? 1 : -1;
  let left = occurrence;
  for (
    let at =
      position > 0n ? Number(position) - 1 : all.length + Number(position) + (sought.length === 0 ? 1 : 0);
    at >= 0 && at + Math.min(1, sought.length) <= all.length;
    at += step
  )
    if (here(at) && --left === 0n) return BigInt(at + 1);
  return 0n;
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const b of bytes) bits += b.toString(2).padStart(8, '0');
  const text = bits.replace(/.{1,5}/g, (five) => base32[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}
export function fromBase32(text: string): Uint8Array {
  if (text.length % 8 !== 0 || !/^[A-Z2-7]*=*$/.test(text))
    throw new Error('Failed to decode invalid base32');
  const bits = [...text.replace(/=+$/, '')]
    .map((c) => base32.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

export function replaceInvalidUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** NET.HOST: of `[scheme:]//[user@]host[:port][/…]`, or of a text without a scheme. */
export function hostOf(url: string): string | null {
  const rest = url.trim().replace(/^[A-Za-z][A-Za-z0-9+.-]*:(?=\/\/)/, '');
  const authority = /^(?:\/\/)?([^/?#\\]*)/.exec(rest)?.[1]?.replace(/^.*@/, '') ?? '';
  const host = /^\[[^\]]*\]|^[^:]*/.exec(authority)?.[0] ?? '';
  return host === '' || /^(mailto|javascript)$/i.test(host) ? null : host;
}

/** BYTES as FORMAT writes them; with `literal` as a literal of GoogleSQL. */
export function quoteBytes(bytes: Uint8Array, literal: bigint): string {
  const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
  const text = [...Buffer.from(bytes).toString('latin1')];
  const quote = literal === 0n ? '' : text.includes('"') && !text.includes("'") ? "'" : '"';
  const written = text.map((c) => {
    if (c === quote) return `\\${c}`;
    if (literal !== 0n && names[c] !== undefined) return names[c];
    return c >= ' ' && c <= '~' ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return literal === 0n ? written.join('') : `b${quote}${written.join('')}${quote}`;
}

/** A text as a literal of GoogleSQL, in the quotes that need no escape. */
export function quoteText(text: string): string {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', quote === '"' ? '\\"' : '"');
  return quote + escaped + quote;
}
