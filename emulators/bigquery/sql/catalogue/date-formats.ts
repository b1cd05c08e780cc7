import { notServed, SqlError } from '../sql-error.ts';
import { text } from '../types.ts';

const expansions: Readonly<Record<string, string>> = {
  F: '%E4Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  h: '%b',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  c: '%a %b %e %H:%M:%S %Y',
  r: '%I:%M:%S %p',
};
/** Same meaning in DuckDB's strftime. */
const shared = new Set('aAbBdHIjmMpSuUVwWyG%'.split(''));

export type FormattedKind = 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP';
/** What a value does not have: such elements are written as they stand. */
const foreign: Readonly<Record<FormattedKind, RegExp>> = {
  DATE: /^%(E?[zZ]|E[\d*]S|[HIklMpPRrSsTXc])$/,
  DATETIME: /^%(E?z|Z)$/,
  TIME: /^%(E?[zZ]|E4Y|[AaBbhCcDdeFGgjmQsUuVWwxYy])$/,
  TIMESTAMP: /^$/,
};

/** What only CAST … FORMAT writes: parts of an offset, and numbers for which strftime has no letter. */
const numbers: Readonly<Record<string, readonly [like: string, digits: number, of: string]>> = {
  SSSSS: ['%S', 5, 'epoch(CAST($ AS TIME))'],
  YYY: ['%Y', 3, 'year($) % 1000'],
  Y: ['%Y', 1, 'year($) % 10'],
  D: ['%d', 1, 'dayofweek($) + 1'],
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((n) => [
      `FF${n}`,
      ['%S', n, `datepart('microsecond', $) % 1000000 // ${10 ** (6 - n)}`],
    ]),
  ),
};
const numbered = (key: string, local: string): string => {
  const [, digits, of] = numbers[key] ?? ['', 0, ''];
  return `lpad(CAST(CAST(${of.replace('$', local)} AS BIGINT) AS VARCHAR), ${digits}, '0')`;
};

/** A FORMAT_* string as DuckDB: pieces of strftime and, for what that lacks, expressions. */
export function formatTime(
  kind: FormattedKind,
  format: string,
  local: string,
  utcOffset: string,
  at: number,
  minutes?: string,
): string {
  const own = format.replace(/%(E\d?[Sz*]S?|E4Y|.)/gs, (piece) =>
    foreign[kind].test(piece) ? `%${piece}` : piece,
  );
  const expanded = own.replace(/%(.)/gs, (piece, letter: string) => expansions[letter] ?? piece);
  const pieces: string[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain) pieces.push(`strftime(${local}, ${text(plain)})`);
    plain = '';
  };
  for (const [piece] of expanded.matchAll(
    /%\{\w+\}|%[-_][A-Za-z]|%E\d?[Sfz*]S?|%E\*S|%E4Y|%[\^↓·•].|%.|[^%]+/gs,
  )) {
    const special =
      specialElement(piece, local, utcOffset) ??
      offsetElement(piece, minutes, local) ??
      filledElement(kind, piece, local, utcOffset);
    if (special !== undefined) {
      flush();
      pieces.push(special);
    } else if (!piece.startsWith('%') || shared.has(piece[1] ?? '')) plain += piece;
    else throw notServed(`The format element ${piece}`, at);
  }
  flush();
  return pieces.length === 0 ? "''" : `(${pieces.join(' || ')})`;
}

/** What a zone is ahead of UTC, given in minutes. */
function offsetElement(piece: string, minutes: string | undefined, local: string): string | undefined {
  if (minutes !== undefined && piece === '%s')
    return `CAST(bq_floor_divide(epoch_us(${local}) - ${minutes} * 60000000, 1000000) AS VARCHAR)`;
  if (minutes === undefined || !/^%(E?z|Z|\{TZ[HM]\})$/.test(piece)) return undefined;
  const two = (n: string): string => `lpad(CAST(${n} AS VARCHAR), 2, '0')`;
  const sign = `CASE WHEN ${minutes} < 0 THEN '-' ELSE '+' END`;
  if (piece === '%{TZH}') return `(${sign} || ${two(`abs(${minutes}) // 60`)})`;
  if (piece === '%{TZM}') return two(`abs(${minutes}) % 60`);
  if (piece === '%Z')
    return `('UTC' || CASE WHEN ${minutes} = 0 THEN '' ELSE ${sign} || CASE WHEN abs(${minutes}) % 60 = 0 THEN CAST(abs(${minutes}) // 60 AS VARCHAR) ELSE ${two(`abs(${minutes}) // 60`)} || ${two(`abs(${minutes}) % 60`)} END END)`;
  return `(${sign} || ${two(`abs(${minutes}) // 60`)} || '${piece === '%Ez' ? ':' : ''}' || ${two(`abs(${minutes}) % 60`)})`;
}

/** A number that nothing (`-`), or spaces (`_`), fill up to its width. */
function filledElement(
  kind: FormattedKind,
  piece: string,
  local: string,
  utcOffset: string,
): string | undefined {
  const [, how, letter] = /^%([-_])([CdegHIjklmMSUVWy])$/.exec(piece) ?? [];
  if (letter === undefined || foreign[kind].test(`%${letter}`)) return undefined;
  const filled = specialElement(`%${letter}`, local, utcOffset) ?? `strftime(${local}, '%${letter}')`;
  const number = `coalesce(nullif(ltrim(${filled}, '0 '), ''), '0')`;
  return how === '-' ? number : `lpad(${number}, ${letter === 'j' ? 3 : 2}, ' ')`;
}

/** How CAST … FORMAT writes names of days and months, and the halves of a day. */
const shapes: Readonly<Record<string, (name: string) => string>> = {
  '^': (name) => `upper(${name})`,
  '↓': (name) => `lower(${name})`,
  '·': (name) => `(left(${name}, 1) || '.M.')`,
  '•': (name) => `lower(left(${name}, 1) || '.M.')`,
};

function specialElement(piece: string, local: string, utcOffset: string): string | undefined {
  const digits = /^%E(\d)S$/.exec(piece)?.[1];
  if (digits !== undefined)
    return `(strftime(${local}, '%S')${digits === '0' ? '' : ` || '.' || left(strftime(${local}, '%f'), ${digits})`})`;
  if (piece === '%E*S')
    return `(strftime(${local}, '%S') || rtrim('.' || rtrim(strftime(${local}, '%f'), '0'), '.'))`;
  if (piece === '%E4Y') return `strftime(${local}, '%Y')`;
  if (piece === '%Y') return `CAST(year(${local}) AS VARCHAR)`;
  const shape = piece.length > 2 ? shapes[piece[1] ?? ''] : undefined;
  if (shape) return shape(`strftime(${local}, '%${piece.at(-1)}')`);
  if (piece === '%e') return `lpad(CAST(day(${local}) AS VARCHAR), 2, ' ')`;
  if (piece === '%g') return `lpad(CAST(isoyear(${local}) % 100 AS VARCHAR), 2, '0')`;
  if (piece === '%Q') return `CAST(quarter(${local}) AS VARCHAR)`;
  if (piece === '%k') return `lpad(CAST(hour(${local}) AS VARCHAR), 2, ' ')`;
  if (piece === '%P') return `lower(strftime(${local}, '%p'))`;
  if (piece === '%l') return `lpad(CAST((hour(${local}) + 11) % 12 + 1 AS VARCHAR), 2, ' ')`;
  if (piece === '%C') return `lpad(CAST(year(${local}) // 100 AS VARCHAR), 2, '0')`;
  if (piece === '%s' && (utcOffset === 'UTC' || utcOffset === ''))
    return `CAST(bq_floor_divide(epoch_us(${local}), 1000000) AS VARCHAR)`;
  const key = /^%\{(\w+)\}$/.exec(piece)?.[1];
  if (key !== undefined && key in numbers) return numbered(key, local);
  if (key !== undefined && utcOffset === 'UTC') return key === 'TZH' ? "'+00'" : "'00'";
  if (piece === '%Z' && utcOffset === 'UTC') return "'UTC'";
  if (piece === '%z' && utcOffset === 'UTC') return "'+0000'";
  if (piece === '%Ez' && utcOffset === 'UTC') return "'+00:00'";
  if (piece === '%n') return 'chr(10)';
  if (piece === '%t') return 'chr(9)';
  return undefined;
}

const castElements: Readonly<Record<string, string>> = {
  YYYY: '%E4Y',
  RRRR: '%E4Y',
  YY: '%y',
  MM: '%m',
  DDD: '%j',
  DD: '%d',
  HH24: '%H',
  HH12: '%I',
  HH: '%I',
  MI: '%M',
  SS: '%S',
  AM: '%p',
  PM: '%p',
  Mon: '%b',
  Month: '%B',
  Dy: '%a',
  Day: '%A',
};
const castPieces =
  /"[^"]*"|TZH:TZM|TZH|TZM|SSSSS|SS\.FF[1-6]|YYYY|RRRR|YYY|YY|RR|MM|DDD|DD|HH24|HH12|HH|MI|SS|AM|PM|MONTH|MON|DAY|DY|FF\d|[AP]\.M\.|./gis;

/** What a text lacks that such a format of CAST reads: the service takes the year and the month of today. */
export function lackingIn(format: string, kind: FormattedKind): string {
  const elements = format.replace(/"[^"]*"/g, '');
  if (kind === 'TIME') return '';
  const month = /MM|MON|DDD/i.test(elements) ? '' : '%m|';
  return (/Y|RR/i.test(elements.replace(/DAY|DY/gi, '')) ? '' : '%Y|') + month;
}

/** The elements of CAST … FORMAT as those of FORMAT_TIMESTAMP; names are written as their element is, so in capitals not. */
export function castFormat(format: string, kind: FormattedKind, writes: boolean, at: number): string {
  const reads = writes ? undefined : kind;
  const own = (element: string, piece: string): string => {
    const like = /^%\{TZ/.test(element) ? '%Ez' : (numbers[element.slice(2, -1)]?.[0] ?? element);
    if (foreign[kind].test(like.replace(/^%([\^↓·•]|E2?(?=[yp]))/, '%')))
      throw new SqlError(`${kind} does not support '${piece}'`, at);
    return element;
  };
  if (reads && /HH(?!24)/i.test(format) && !/[AP]\.M\./i.test(format))
    throw new SqlError(
      /[AP]M/i.test(format)
        ? "Format element 'AM' is not supported for parsing"
        : "Format element in category MERIDIAN_INDICATOR is required when format element 'HH12' exists",
      at,
    );
  return [...format.matchAll(castPieces)]
    .map(([piece]) => {
      if (piece.startsWith('"')) return piece.slice(1, -1).replaceAll('%', '%%');
      const name = /^(MON|MONTH|DAY|DY)$/i.test(piece);
      const key = name ? piece.charAt(0).toUpperCase() + piece.slice(1).toLowerCase() : piece.toUpperCase();
      const low = /^[a-z]/.test(piece);
      if (piece.toUpperCase() === 'TZH:TZM') return own('%Ez', piece);
      if (/^SS\.FF/i.test(piece)) return own(`%E${piece.at(-1)}S`, piece);
      if (writes && (key in numbers || /^TZ[HM]$/.test(key))) return own(`%{${key}}`, piece);
      if (!writes && key === 'YY') return own('%E2y', piece);
      if (/^[AP]\.M\.$/.test(key)) return own(writes ? (low ? '%•p' : '%·p') : '%Ep', piece);
      if (writes && low && /^[AP]M$/.test(key)) return own('%↓p', piece);
      if (writes && key === 'RR') return own('%y', piece);
      const found = castElements[key];
      if (writes && name && found)
        return own(`%${low ? '↓' : /^.[A-Z]/.test(piece) ? '^' : ''}${found.slice(1)}`, piece);
      if (found !== undefined) return own(found, piece);
      if (/^[\s\-./,;:']$/.test(piece) || (piece === 'T' && format.includes('"T"'))) return piece;
      throw notServed(`The format element ${piece}`, at);
    })
    .join('');
}
