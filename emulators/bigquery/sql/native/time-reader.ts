const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthNames =
  'january february march april may june july august september october november december'.split(' ');
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const dayNames = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

const expansions: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  h: '%b',
};

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: bigint;
  pm?: boolean;
  hour12?: number;
  dayOfYear?: number;
  epoch?: bigint;
  /** Minutes east of UTC. */
  offset?: number;
  zone?: string;
  century?: number;
}

class Reader {
  readonly #text: string;
  at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  fail(): never {
    throw new Error(`Failed to parse input string "${this.#text}"`);
  }
  blanks(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++;
  }
  get ended(): boolean {
    return this.at === this.#text.length;
  }
  match(pattern: RegExp): RegExpExecArray {
    const sticky = new RegExp(pattern.source, 'iy');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.#text) ?? this.fail();
    this.at = sticky.lastIndex;
    return found;
  }
  number(digits: number, low: number, high: number): number {
    const value = Number(this.match(new RegExp(`\\d{1,${digits}}`))[0]);
    return value < low || value > high ? this.fail() : value;
  }
  name(long: readonly string[], short: readonly string[]): number {
    const found = this.match(new RegExp([...long, ...short].join('|')))[0].toLowerCase();
    return long.includes(found) ? long.indexOf(found) : short.indexOf(found);
  }
}

const elements: Readonly<Record<string, (r: Reader, f: Fields, places?: number) => void>> = {
  Y: (r, f) => {
    f.year = Number(r.match(/[+-]?\d{1,4}/)[0]);
  },
  E4Y: (r, f) => {
    f.year = Number(r.match(/\d{4}/)[0]);
  },
  y: (r, f) => {
    const two = r.number(2, 0, 99);
    f.year = two + (f.century !== undefined ? f.century * 100 : two < 69 ? 2000 : 1900);
  },
  E2y: (r, f) => {
    f.year = 2000 + r.number(2, 0, 99);
  },
  C: (r, f) => {
    f.century = r.number(2, 0, 99);
    f.year = f.century * 100 + (f.year % 100);
  },
  m: (r, f) => {
    f.month = r.number(2, 1, 12);
  },
  d: (r, f) => {
    r.blanks();
    f.day = r.number(2, 1, 31);
  },
  H: (r, f) => {
    r.blanks();
    f.hour = r.number(2, 0, 23);
  },
  I: (r, f) => {
    r.blanks();
    f.hour12 = r.number(2, 1, 12);
  },
  M: (r, f) => {
    f.minute = r.number(2, 0, 59);
  },
  S: (r, f) => {
    f.second = r.number(2, 0, 60);
  },
  fraction: (r, f, places = 9) => {
    f.second = r.number(2, 0, 60);
    const digits = r.match(new RegExp(`(?:\\.(\\d{1,${places}}))?`))[1] ?? '';
    // A leap second is the next one's start, whatever its fraction.
    f.micros = f.second === 60 ? 0n : BigInt(digits.slice(0, 6).padEnd(6, '0'));
  },
  p: (r, f) => {
    f.pm = r.match(/am|pm/)[0].toLowerCase() === 'pm';
  },
  Ep: (r, f) => {
    f.pm = r.match(/[ap]\.m\./)[0].toLowerCase() === 'p.m.';
  },
  B: (r, f) => {
    f.month = r.name(monthNames, months) + 1;
  },
  A: (r) => void r.name(dayNames, days),
  j: (r, f) => {
    f.dayOfYear = r.number(3, 1, 366);
  },
  s: (r, f) => {
    f.epoch = BigInt(r.match(/-?\d+/)[0]);
  },
  z: (r, f) => {
    const [, sign, hours, minutes = '0'] = r.match(/([+-])(\d{2})(\d{2})?/);
    f.offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  },
  Ez: (r, f) => {
    const [whole, sign, hours, minutes = '0'] = r.match(/z|([+-])(\d{2}):?(\d{2})?/);
    f.offset = /z/i.test(whole) ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  },
  Z: (r, f) => {
    const [name] = r.match(/[^\s)]+/);
    const [, sign, hours, minutes = '0'] = /^(?:UTC)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name) ?? [];
    if (sign) f.offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    else if (/^(UTC|GMT)$/.test(name)) f.offset = 0;
    else
      f.zone = /^[A-Z][a-z]+\/|^(EST|MST|HST|[A-Z]{3}\d[A-Z]{3}|CET|EET|MET|WET)$/.test(name)
        ? name
        : r.fail();
  },
  Q: (r, f) => {
    f.month = r.number(1, 1, 4) * 3 - 2;
  },
  u: (r) => void r.number(1, 1, 7),
  w: (r) => void r.number(1, 0, 6),
};
const same: Readonly<Record<string, string>> = {
  e: 'd',
  b: 'B',
  a: 'A',
  k: 'H',
  l: 'I',
  P: 'p',
  'E*S': 'fraction',
};

/**
 * PARSE_DATE and its kin: the wall clock read, in microseconds since 1970-01-01 00:00, brought to UTC where the text
 * says an offset. What it does not say is 1970-01-01 00:00:00.
 */
export function readTime(format: string, text: string): bigint {
  const expanded = format.replace(/%([FTRDxXrch])/g, (_, letter: string) => expansions[letter] ?? '');
  const r = new Reader(text);
  const f: Fields = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0n };
  r.blanks();
  for (const [piece] of expanded.matchAll(/%E4Y|%E2y|%Ep|%Ez|%E[\d*]S|%.|\s+|[^%\s]/gs)) {
    if (/^\s/.test(piece) || piece === '%n' || piece === '%t') r.blanks();
    else if (!piece.startsWith('%')) r.match(new RegExp(piece.replace(/[^\w]/g, '\\$&')));
    else if (piece === '%%') r.match(/%/);
    else {
      const letters = piece.slice(1);
      const read = elements[/^E\dS$/.test(letters) ? 'fraction' : (same[letters] ?? letters)];
      if (!read) throw new Error(`The format element ${piece} is not supported by the emulator`);
      read(r, f, /^E[1-9]S$/.test(letters) ? Number(letters[1]) : undefined);
    }
  }
  r.blanks();
  if (!r.ended) r.fail();
  return microsOf(f, r);
}

/** A date says nothing about the time of day. */
export function readDate(format: string, text: string): bigint {
  const clock = /%(E[\d*]S|Ez|[HIklMSpPTRrXcsZz])/.exec(format)?.[0];
  if (clock) throw new Error(`Invalid result from parsing function: ${clock} in PARSE_DATE`);
  return readTime(format, text);
}

const leapFormats: Readonly<Record<string, string>> = {
  'time string': '%H:%M:%S',
  'datetime string': '%E4Y-%m-%d %H:%M:%S',
  timestamp: '%E4Y-%m-%d %H:%M:%S%n%Z',
};

const latest = 253_402_300_799_999_999n;

/** CAST of a text with a 60th second, which DuckDB does not read. A wall clock has no fraction of it, an instant has. */
export function readLeap(what: string, text: string): bigint {
  const [, day = '', clock = '', fraction = '', zone = ''] =
    /^(?:(\d+-\d+-\d+)[Tt ])?(\d+:\d+:60)(\.\d{1,6})?(.*)$/.exec(text) ?? [];
  const named = zone === '' || /^ ?z$/i.test(zone) ? 'UTC' : zone;
  const plain = `${day && `${day} `}${clock}${what === 'timestamp' ? named : zone}`;
  try {
    const past = what === 'timestamp' ? BigInt(fraction.slice(1).padEnd(6, '0')) : 0n;
    const micros = readTime(leapFormats[what] ?? '', plain) + past;
    if (micros <= latest) return micros;
  } catch {}
  throw new Error(`Invalid ${what}: ${text}`);
}

function microsOf(f: Fields, r: Reader): bigint {
  if (f.epoch !== undefined) return f.epoch * 1_000_000n;
  const hour = f.hour12 === undefined ? f.hour : (f.hour12 % 12) + (f.pm ? 12 : 0);
  const date = new Date(0);
  if (f.dayOfYear === undefined) date.setUTCFullYear(f.year, f.month - 1, f.day);
  else date.setUTCFullYear(f.year, 0, f.dayOfYear);
  const overflown = f.dayOfYear === undefined && date.getUTCDate() !== f.day;
  if (overflown || date.getUTCFullYear() !== f.year || f.year < 1 || f.year > 9999) r.fail();
  const seconds = date.getTime() / 1000 + hour * 3600 + f.minute * 60 + f.second;
  const east = f.zone === undefined ? (f.offset ?? 0) * 60 : eastOf(f.zone, seconds, r);
  return BigInt(seconds - east) * 1_000_000n + f.micros;
}

/** Seconds that the clock of a zone is ahead of UTC when it shows this time; the earlier of two such moments. */
function eastOf(zone: string, local: number, r: Reader): number {
  const ahead = (at: number): number => {
    try {
      const shown = new Date(at * 1000).toLocaleString('sv', { timeZone: zone });
      return Date.parse(`${shown.replace(' ', 'T')}Z`) / 1000 - at;
    } catch {
      return r.fail();
    }
  };
  const around = [ahead(local - 86_400), ahead(local + 86_400)].sort((a, b) => b - a);
  return around.find((east) => ahead(local - east) === east) ?? Math.min(...around);
}
