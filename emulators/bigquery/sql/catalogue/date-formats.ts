import { notServed } from '../sql-error.ts';
import { text } from '../types.ts';

const expansions: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  h: '%b',
};
/** Same meaning in DuckDB's strftime. */
const shared = new Set('aAbBdHIjmMpSuUVwWyYG%'.split(''));

/** A FORMAT_* string as DuckDB: pieces of strftime and, for what that lacks, expressions. */
export function formatTime(format: string, local: string, utcOffset: string, at: number): string {
  const expanded = format.replace(/%([FTRDh])/g, (_, letter: string) => expansions[letter] ?? '');
  const pieces: string[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain) pieces.push(`strftime(${local}, ${text(plain)})`);
    plain = '';
  };
  for (const [piece] of expanded.matchAll(/%E\d?[Sfz*]S?|%E\*S|%E4Y|%.|[^%]+/gs)) {
    const special = specialElement(piece, local, utcOffset);
    if (special !== undefined) {
      flush();
      pieces.push(special);
    } else if (!piece.startsWith('%') || shared.has(piece[1] ?? '')) plain += piece;
    else throw notServed(`The format element ${piece}`, at);
  }
  flush();
  return pieces.length === 0 ? "''" : `(${pieces.join(' || ')})`;
}

function specialElement(piece: string, local: string, utcOffset: string): string | undefined {
  const digits = /^%E(\d)S$/.exec(piece)?.[1];
  if (digits !== undefined)
    return `(strftime(${local}, '%S')${digits === '0' ? '' : ` || '.' || left(strftime(${local}, '%f'), ${digits})`})`;
  if (piece === '%E*S')
    return `(strftime(${local}, '%S') || rtrim('.' || rtrim(strftime(${local}, '%f'), '0'), '.'))`;
  if (piece === '%E4Y') return `strftime(${local}, '%Y')`;
  if (piece === '%e') return `lpad(CAST(day(${local}) AS VARCHAR), 2, ' ')`;
  if (piece === '%Q') return `CAST(quarter(${local}) AS VARCHAR)`;
  if (piece === '%k') return `lpad(CAST(hour(${local}) AS VARCHAR), 2, ' ')`;
  if (piece === '%Z' && utcOffset === 'UTC') return "'UTC'";
  if (piece === '%z' && utcOffset === 'UTC') return "'+0000'";
  if (piece === '%Ez' && utcOffset === 'UTC') return "'+00:00'";
  if (piece === '%n') return 'chr(10)';
  if (piece === '%t') return 'chr(9)';
  return undefined;
}
