/**
 * JSON that keeps what JavaScript would lose: numbers as they were written, the order of keys and keys that look like
 * numbers. A STRING of JSON is answered as it was written; a value of type JSON has sorted keys and numbers in one form.
 */
export type Json = null | boolean | string | JsonNumber | Json[] | Map<string, Json>;
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object of a text: the first of two equal keys counts, and both are written. */
class Members extends Map<string, Json> {
  #written: [string, Json][] | undefined;

  add(key: string, value: Json): void {
    if (this.has(key)) this.#written ??= [...this];
    else this.set(key, value);
    this.#written?.push([key, value]);
  }
  get written(): Iterable<[string, Json]> {
    return this.#written ?? this;
  }
}

const blank = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a string
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * undefined where the text is no JSON. With `broken`, what was read before that is given, and containers that were
 * not read to their end are put there: the service has found a value before it meets what is wrong behind it.
 */
export function readJson(text: string, broken?: Set<Json>): Json | undefined {
  let at = 0;
  let stopped = false;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const accept = (symbol: string): boolean => {
    match(blank);
    const here = text.startsWith(symbol, at);
    if (here) at += symbol.length;
    match(blank);
    return here;
  };
  const many = (closing: string, one: () => boolean): boolean => {
    if (accept(closing)) return true;
    do if (!one()) return false;
    while (accept(','));
    return accept(closing);
  };
  const ended = <T extends Json>(container: T, good: boolean): T | undefined => {
    if (good) return container;
    stopped = true;
    return broken?.add(container) && container;
  };
  const value = (): Json | undefined => {
    match(blank);
    if (accept('{')) {
      const members = new Members();
      const good = many('}', () => {
        const key = match(string);
        if (key === undefined || !accept(':')) return false;
        const inner = value();
        if (inner !== undefined) members.add(JSON.parse(key) as string, inner);
        return inner !== undefined && !stopped;
      });
      return ended(members, good);
    }
    if (accept('[')) {
      const items: Json[] = [];
      const good = many(']', () => {
        const inner = value();
        if (inner !== undefined) items.push(inner);
        return inner !== undefined && !stopped;
      });
      return ended(items, good);
    }
    const quoted = match(string);
    if (quoted !== undefined) return JSON.parse(quoted) as string;
    const digits = match(number);
    if (digits !== undefined) return new JsonNumber(digits);
    return accept('true') ? true : accept('false') ? false : accept('null') ? null : undefined;
  };
  const found = value();
  match(blank);
  return at === text.length || broken ? found : undefined;
}

export function writeJson(j: Json): string {
  if (j instanceof JsonNumber) return j.text;
  if (Array.isArray(j)) return `[${j.map(writeJson).join(',')}]`;
  if (j instanceof Map)
    return `{${[...(j instanceof Members ? j.written : j)].map(([k, v]) => `${JSON.stringify(k)}:${writeJson(v)}`).join(',')}}`;
  return JSON.stringify(j);
}

export function prettyJson(j: Json, indent = ''): string {
  const inner = `${indent}  `;
  if (Array.isArray(j) && j.length > 0)
    return `[\n${j.map((v) => inner + prettyJson(v, inner)).join(',\n')}\n${indent}]`;
  if (j instanceof Map && j.size > 0)
    return `{\n${[...j].map(([k, v]) => `${inner}${JSON.stringify(k)}: ${prettyJson(v, inner)}`).join(',\n')}\n${indent}}`;
  return writeJson(j);
}

/** The form of a value of type JSON. `round`: take the nearest number where the exact one cannot be held. */
export function normalJson(j: Json, round = false): Json {
  if (j instanceof JsonNumber) return new JsonNumber(normalNumber(j.text, round));
  if (Array.isArray(j)) return j.map((item) => normalJson(item, round));
  if (j instanceof Map)
    return new Map(
      [...j]
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map(([k, v]) => [k, normalJson(v, round)]),
    );
  return j;
}

function normalNumber(text: string, round: boolean): string {
  const whole = wholeNumber(text);
  if (whole !== undefined) return String(whole);
  const value = Number(text);
  if (!Number.isFinite(value) || (!round && !survives(text)))
    throw new Error(`Input number: ${text} cannot round-trip through string representation`);
  return doubleText(value);
}

/** An integer of 64 bits, with a sign or without one. */
function wholeNumber(text: string): bigint | undefined {
  const whole = /^-?\d+$/.test(text) ? BigInt(text) : undefined;
  return whole !== undefined && whole >= -(2n ** 63n) && whole < 2n ** 64n ? whole : undefined;
}

/** Whether the nearest double is written with the same digits. */
function survives(text: string): boolean {
  const digits = (s: string): string =>
    s
      .replace(/e.*$/i, '')
      .replace(/[-.]/g, '')
      .replace(/^0+|0+$/g, '');
  return digits(text) === digits(String(Number(text)));
}

/** An exact number for readers that know doubles only: a text where those would change it. */
export function wideNumber(text: string): string {
  const whole = wholeNumber(text);
  const kept = whole === undefined ? survives(text) : whole >= -(2n ** 53n) && whole <= 2n ** 53n;
  return kept ? text : `"${text}"`;
}

/** The shortest digits that name the value, with a fraction always, and an exponent beyond 15 digits or 4 zeros. */
export function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1;
  const sign = value < 0 ? '-' : '';
  if (point > 15 || point <= -4) return `${sign}${mantissa}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, '0');
  return `${sign}${whole}.${digits.slice(point) || '0'}`;
}

export type Step = string | number;

const named = /\.([A-Za-z_0-9$\u0080-\uffff-]+)/y;
const subscript = /\[\s*(-?\d+)\s*\]/y;
const keyIn = {
  standard: /\."((?:[^"\\]|\\.)*)"/y,
  legacy: /\['((?:[^'\\]|\\.)*)'\]/y,
};

/** A JSONPath of names and subscripts. `legacy` is that of JSON_EXTRACT, which writes odd keys another way. */
export function pathSteps(path: string, form: 'standard' | 'legacy' = 'standard'): Step[] {
  if (!path.startsWith('$')) throw new Error("JSONPath must start with '$'");
  const steps: Step[] = [];
  let at = 1;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(path);
    if (found) at = pattern.lastIndex;
    return found?.[1];
  };
  while (at < path.length) {
    const index = match(subscript);
    const key =
      index === undefined ? (match(named) ?? match(keyIn[form])?.replace(/\\(.)/g, '$1')) : undefined;
    if (index === undefined && key === undefined) throw new Error(badPath(path.slice(at)));
    steps.push(key ?? Number(index));
  }
  return steps;
}

function badPath(rest: string): string {
  const operator = /^\.\.|^\.?\*|^\[\*\]|^\[\?|^@/.exec(rest)?.[0].replace(/^\.(?=\*)|[[\]]/g, '');
  return operator ? `Unsupported operator in JSONPath: ${operator}` : `Invalid token in JSONPath at: ${rest}`;
}

/** What a lax path finds: a name looks into the elements of an array, `[0]` is also what is no array. */
export function laxFollow(j: Json, steps: readonly Step[], recursive: boolean): Json[] {
  let here = [j];
  const unwrapped = (v: Json): Json[] => (!Array.isArray(v) ? [v] : recursive ? v.flatMap(unwrapped) : v);
  for (const step of steps)
    here = here.flatMap((v) => {
      if (typeof step === 'number') {
        const found = Array.isArray(v) ? v[step] : step === 0 ? v : undefined;
        return found === undefined ? [] : [found];
      }
      return unwrapped(v).flatMap((o) => (o instanceof Map && o.has(step) ? [o.get(step) as Json] : []));
    });
  return here;
}

export function follow(j: Json, steps: readonly Step[]): Json | undefined {
  let here: Json | undefined = j;
  for (const step of steps) {
    if (typeof step === 'string') here = here instanceof Map ? here.get(step) : undefined;
    else here = Array.isArray(here) ? here[step] : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}
