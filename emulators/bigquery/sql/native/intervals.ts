/** As DuckDB keeps it: months, days and a time of day each have a sign of their own. */
export interface Interval {
  readonly months: bigint;
  readonly days: bigint;
  readonly micros: bigint;
}

type Field = keyof Interval;
/** What one of each part is. */
export const intervalParts: Readonly<Record<string, readonly [field: Field, n: bigint]>> = {
  YEAR: ['months', 12n],
  QUARTER: ['months', 3n],
  MONTH: ['months', 1n],
  WEEK: ['days', 7n],
  DAY: ['days', 1n],
  HOUR: ['micros', 3_600_000_000n],
  MINUTE: ['micros', 60_000_000n],
  SECOND: ['micros', 1_000_000n],
  MILLISECOND: ['micros', 1000n],
  MICROSECOND: ['micros', 1n],
};
export const intervalLimits: Readonly<Record<Field, bigint>> = {
  months: 120_000n,
  days: 3_660_000n,
  micros: 316_224_000_000_000_000n,
};
const ranged = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
const groups = [ranged.slice(0, 2), ranged.slice(2, 3), ranged.slice(3)];
const fraction = '(?:\\d+(?:\\.\\d{1,6})?|\\.\\d{1,6})';

/** `1-2 3 4:5:6.7` and what is left of it from one part to another; undefined where no such range exists. */
function pattern(from: string, to: string): { readonly text: RegExp; readonly parts: string[] } | undefined {
  const [first, last] = [ranged.indexOf(from), ranged.indexOf(to)];
  if (from === to) {
    const number = from === 'SECOND' ? fraction : '\\d+';
    return from in intervalParts ? { text: new RegExp(`^([+-]?)(${number})$`), parts: [from] } : undefined;
  }
  if (first < 0 || last < first) return undefined;
  const held = groups.map((g) => g.filter((p) => ranged.indexOf(p) >= first && ranged.indexOf(p) <= last));
  const one = (group: string[], i: number): string =>
    `([+-]?)${group.map((p) => `(${p === 'SECOND' ? fraction : '\\d+'})`).join(i === 0 ? '-' : ':')}`;
  const text = held.map((g, i) => (g.length === 0 ? '' : one(g, i))).filter((x) => x !== '');
  return {
    text: new RegExp(`^${text.join(' ')}$`),
    parts: held.filter((g) => g.length > 0).flatMap((g) => ['±', ...g]),
  };
}

function amountOf(part: string, sign: string, digits: string): bigint {
  const [, unit] = intervalParts[part] ?? ['micros', 1n];
  const [whole = '', after = ''] = digits.split('.');
  const n = BigInt(whole || '0') * unit + (after === '' ? 0n : BigInt(after.padEnd(6, '0')));
  return sign === '-' ? -n : n;
}

function within(interval: Interval): Interval {
  for (const [field, most] of Object.entries(intervalLimits) as [Field, bigint][])
    if (interval[field] > most || -interval[field] > most)
      throw new Error(
        `Interval field ${field === 'micros' ? 'microseconds' : field} '${interval[field]}' is out of range -${most} to ${most}`,
      );
  return interval;
}

function sum(amounts: readonly (readonly [part: string, sign: string, digits: string])[]): Interval {
  const total = { months: 0n, days: 0n, micros: 0n };
  for (const [part, sign, digits] of amounts)
    total[intervalParts[part]?.[0] ?? 'micros'] += amountOf(part, sign, digits);
  return within(total);
}

/** INTERVAL '…' YEAR TO SECOND, or of one part. */
export function readIntervalRange(value: string, from: string, to: string): Interval {
  const wanted = pattern(from, to);
  if (!wanted)
    throw new Error(
      from === to
        ? `Invalid interval datetime field ${from}`
        : `Invalid interval datetime fields: ${from} TO ${to}`,
    );
  const found = wanted.text.exec(value);
  if (!found) throw new Error(`Invalid INTERVAL value '${value}'`);
  let sign = found[1] ?? '';
  const amounts: [string, string, string][] = [];
  for (const [i, part] of wanted.parts.entries()) {
    const got = found[i + (from === to ? 2 : 1)] ?? '';
    if (part === '±') sign = got;
    else amounts.push([part, sign, got]);
  }
  return sum(amounts);
}

const written: readonly (readonly [from: string, to: string])[] = [
  ['YEAR', 'SECOND'],
  ['YEAR', 'DAY'],
  ['YEAR', 'MONTH'],
  ['DAY', 'SECOND'],
  ['HOUR', 'SECOND'],
];
const iso = /^P(?:[+-]?\d+[YMWD])*(?:T(?:[+-]?\d+[HM]|[+-]?\d+(?:[.,]\d{1,6})?S)*)?$/;
const isoDate: Readonly<Record<string, string>> = { Y: 'YEAR', M: 'MONTH', W: 'WEEK', D: 'DAY' };
const isoTime: Readonly<Record<string, string>> = { H: 'HOUR', M: 'MINUTE', S: 'SECOND' };

/** What a CAST from STRING takes: the text of an INTERVAL, some of its ranges, or a duration of ISO 8601. */
export function readInterval(value: string): Interval {
  const range = written.find(([from, to]) => pattern(from, to)?.text.test(value));
  if (range) return readIntervalRange(value, ...range);
  if (!iso.test(value) || value === 'P') throw new Error(`Invalid INTERVAL value '${value}'`);
  const [date = '', time = ''] = value.slice(1).split('T');
  const pairs = (text: string, names: Readonly<Record<string, string>>): [string, string, string][] =>
    [...text.replaceAll(',', '.').matchAll(/([+-]?)([\d.]+)([A-Z])/g)].map(
      ([, sign = '', digits = '', letter = '']) => [names[letter] ?? '', sign, digits],
    );
  return sum([...pairs(date, isoDate), ...pairs(time, isoTime)]);
}

/** What DuckDB's own cast reads. */
const forDuck = ({ months, days, micros }: Interval): string =>
  `${months} months ${days} days ${micros} microseconds`;
export const intervalForDuck = (value: string): string => forDuck(readInterval(value));

/** What DuckDB's own cast writes: `1 year 2 months -3 days -04:05:06.7`. */
function fromDuck(text: string): Interval {
  const number = (unit: string): bigint => BigInt(new RegExp(`(-?\\d+) ${unit}`).exec(text)?.[1] ?? '0');
  const [, sign = '', h = '0', m = '0', s = '0'] = /(-?)(\d+):(\d+):([\d.]+)/.exec(text) ?? [];
  const clock = amountOf('HOUR', sign, h) + amountOf('MINUTE', sign, m) + amountOf('SECOND', sign, s);
  return { months: number('year') * 12n + number('month'), days: number('day'), micros: clock };
}

const day = 86_400_000_000n;
const changes: Readonly<Record<string, (a: Interval, other: string) => Interval>> = {
  add: (a, other) => {
    const b = fromDuck(other);
    return { months: a.months + b.months, days: a.days + b.days, micros: a.micros + b.micros };
  },
  times: (a, other) => {
    const n = BigInt(other);
    return { months: a.months * n, days: a.days * n, micros: a.micros * n };
  },
  /** What does not divide goes down: a month as thirty days, a day as 24 hours. */
  divide: ({ months, days, micros }, other) => {
    const n = BigInt(other);
    if (n === 0n) throw new Error('Interval division by zero');
    const allDays = days + (months % n) * 30n;
    return { months: months / n, days: allDays / n, micros: (micros + (allDays % n) * day) / n };
  },
  days: ({ months, days, micros }) => {
    const all = months * 30n + days;
    return { months: all / 30n, days: all % 30n, micros };
  },
  hours: ({ months, days, micros }) => {
    const all = days * day + micros;
    return { months, days: all / day, micros: all % day };
  },
  all: ({ months, days, micros }) => {
    const all = (months * 30n + days) * day + micros;
    return { months: all / (30n * day), days: (all / day) % 30n, micros: all % day };
  },
};

/** Arithmetic on intervals as DuckDB writes and reads them. */
export function changeInterval(how: string, a: string, other: string): string {
  return forDuck(within(changes[how]?.(fromDuck(a), other) ?? fromDuck(a)));
}

const size = (n: bigint): bigint => (n < 0n ? -n : n);

/** `Y-M D H:M:S[.F]`; fractions in groups of three digits. */
export function intervalText({ months, days, micros }: Interval): string {
  const [m, u] = [size(months), size(micros)];
  const rest = (u % 1_000_000n).toString().padStart(6, '0').replace(/000$/, '');
  const clock = `${u / 3_600_000_000n}:${(u / 60_000_000n) % 60n}:${(u / 1_000_000n) % 60n}`;
  return `${months < 0n ? '-' : ''}${m / 12n}-${m % 12n} ${days} ${micros < 0n ? '-' : ''}${clock}${u % 1_000_000n === 0n ? '' : `.${rest}`}`;
}

/** The duration of ISO 8601 that stands in JSON. */
export function intervalDuration(text: string): string {
  const { months, days, micros } = fromDuck(text);
  const some = (n: bigint, letter: string): string => (n === 0n ? '' : `${n}${letter}`);
  const seconds = size(micros) % 60_000_000n;
  const [whole, after] = [
    seconds / 1_000_000n,
    (seconds % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, ''),
  ];
  const time = [
    some(micros / 3_600_000_000n, 'H'),
    some((micros / 60_000_000n) % 60n, 'M'),
    seconds === 0n ? '' : `${micros < 0n ? '-' : ''}${whole}${after && `.${after}`}S`,
  ].join('');
  const all = `${some(months / 12n, 'Y')}${some(months % 12n, 'M')}${some(days, 'D')}${time && `T${time}`}`;
  return `P${all || '0Y'}`;
}

export const intervalWords = (text: string): string => intervalText(fromDuck(text));
