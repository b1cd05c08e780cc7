import {
  appendJson,
  insertJson,
  keysOf,
  membersOf,
  removeJson,
  setJson,
  stripNulls,
} from './json-changes.ts';
import {
  follow,
  type Json,
  JsonNumber,
  laxFollow,
  normalJson,
  pathSteps,
  prettyJson,
  readJson,
  type Step,
  wideNumber,
  writeJson,
} from './json-tree.ts';
import { doubleAsText } from './number-format.ts';

const parsed = (text: string): Json => {
  const j = readJson(text);
  if (j === undefined)
    throw new Error(`Invalid input to PARSE_JSON: syntax error while parsing value: ${text.slice(0, 80)}`);
  return j;
};
const at = (text: string, path: string): Json | undefined => {
  const broken = new Set<Json>();
  const j = readJson(text, broken);
  const found = j === undefined ? undefined : follow(j, pathSteps(path));
  return found !== undefined && broken.has(found) ? undefined : found;
};
const scalarText = (j: Json | undefined): string | null =>
  j === undefined || j === null || j instanceof Map || Array.isArray(j)
    ? null
    : typeof j === 'string'
      ? j
      : writeJson(j);
const list = (items: readonly (string | null)[]): string => JSON.stringify(items);

function typeOfJson(j: Json): string {
  if (j === null) return 'null';
  if (j instanceof JsonNumber) return 'number';
  return Array.isArray(j) ? 'array' : j instanceof Map ? 'object' : typeof j;
}

const kinds: Readonly<Record<string, string>> = {
  STRING: 'a string',
  INT64: 'an integer',
  FLOAT64: 'a number',
  BOOL: 'a boolean',
};

/** An integer that a double holds as it is; any number with a point is one already. */
const isExact = (text: string): boolean => !/^-?\d+$/.test(text) || BigInt(Number(text)) === BigInt(text);

/** STRING(j), INT64(j), … : the value itself, or an error where it is of another kind. */
function strictly(j: Json, wanted: string): string {
  const fail = (): never => {
    throw new Error(`The provided JSON input is not ${kinds[wanted.split(' ')[0] ?? '']}`);
  };
  if (wanted === 'STRING') return typeof j === 'string' ? j : fail();
  if (wanted === 'BOOL') return typeof j === 'boolean' ? String(j) : fail();
  if (!(j instanceof JsonNumber)) return fail();
  const [kind, mode = 'round'] = wanted.split(' ');
  if (!/^(round|exact)$/.test(mode)) throw new Error(`Invalid wide_number_mode specified: ${mode}`);
  if (kind === 'FLOAT64' && mode === 'exact' && !isExact(j.text))
    throw new Error(`JSON number: ${j.text} cannot be converted to DOUBLE without loss of precision`);
  if (kind === 'FLOAT64') return j.text;
  const value = Number(j.text);
  if (/^-?\d+$/.test(j.text)) return j.text;
  if (Number.isInteger(value)) return String(BigInt(value));
  throw new Error(`The provided JSON number: ${j.text} cannot be converted to an int64`);
}

/** LAX_STRING and its like: NULL where no conversion is known. */
function laxly(j: Json, wanted: string): string | null {
  if (wanted === 'STRING')
    return j instanceof JsonNumber && !/^-?\d+$/.test(j.text) ? doubleAsText(Number(j.text)) : scalarText(j);
  const number = (s: string): string | null => {
    if (wanted === 'FLOAT64' && /^\s*[+-]?(nan|inf|infinity)\s*$/i.test(s)) return s.trim();
    if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(s)) return null;
    if (wanted === 'FLOAT64') return s.trim();
    const rounded = Math.sign(Number(s)) * Math.round(Math.abs(Number(s)));
    if (/^\s*[+-]?\d+\s*$/.test(s)) return BigInt.asIntN(64, BigInt(s)) === BigInt(s) ? s.trim() : null;
    return Math.abs(rounded) < 2 ** 63 ? String(BigInt(rounded)) : null;
  };
  if (wanted === 'BOOL') {
    if (typeof j === 'string') return /^(true|false)$/i.test(j) ? j.toLowerCase() : null;
    if (j instanceof JsonNumber) return String(Number(j.text) !== 0);
    return typeof j === 'boolean' ? String(j) : null;
  }
  if (typeof j === 'boolean') return wanted === 'INT64' ? String(Number(j)) : null;
  return typeof j === 'string' ? number(j) : j instanceof JsonNumber ? number(j.text) : null;
}

const changed = (text: string, path: string, change: (j: Json, steps: Step[]) => Json): string =>
  writeJson(normalJson(change(parsed(text), pathSteps(path))));

function keyList(text: string, depth: bigint, mode: string): string {
  if (depth <= 0n) throw new Error('max_depth must be positive.');
  const how = mode
    .trim()
    .toLowerCase()
    .replace(/^recursive\s+lax$|^lax\s+recursive$/, 'lax recursive');
  if (!/^(strict|lax|lax recursive)$/.test(how)) throw new Error('Invalid JSON mode specified');
  return list([...new Set(keysOf(parsed(text), Number(depth), how))].sort());
}

const flat = (j: Json): Json[] => (Array.isArray(j) ? j.flatMap(flat) : [j]);

/** One value, or each element of a list of them; a NULL in the place of a list adds nothing. */
const adding =
  (add: typeof appendJson) =>
  (text: string, path: string, value: string, each: string): string =>
    changed(text, path, (j, steps) => {
      const found = parsed(value);
      if (each !== 'true') return add(j, steps, [found]);
      return found === null ? j : add(j, steps, found as Json[]);
    });

/** A name, the shape of the call as the others have it, and what is called. */
export const jsonNatives = [
  ['json_normal', 'TT', (s: string) => writeJson(normalJson(parsed(s)))],
  ['json_rounded', 'TT', (s: string) => writeJson(normalJson(parsed(s), true))],
  ['json_wide', 'TT', wideNumber],
  ['json_pretty', 'TT', (s: string) => prettyJson(parsed(s))],
  [
    'json_text_query',
    'TTT',
    (s: string, p: string) => {
      const j = at(s, p);
      return j === undefined || j === null
        ? null
        : writeJson(j).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
    },
  ],
  ['json_raw_value', 'TTT', (s: string, p: string) => scalarText(at(s, p))],
  [
    'json_raw_query',
    'TTT',
    (s: string, p: string) => {
      const j = at(s, p);
      return j === undefined ? null : writeJson(j);
    },
  ],
  [
    'json_raw_items',
    'TTTT',
    (s: string, p: string, how: string) => {
      const j = at(s, p);
      if (!Array.isArray(j)) return null;
      if (how === 'value' && j.some((item) => item instanceof Map || Array.isArray(item))) return null;
      return list(j.map((item) => (how === 'value' ? scalarText(item) : writeJson(item))));
    },
  ],
  ['json_type', 'TT', (s: string) => typeOfJson(parsed(s))],
  ['json_keys', 'TWTT', keyList],
  ['json_strict', 'TTT', (s: string, wanted: string) => strictly(parsed(s), wanted)],
  ['json_lax', 'TTT', (s: string, wanted: string) => laxly(parsed(s), wanted)],
  [
    'json_strict_items',
    'TTT',
    (s: string, wanted: string) => {
      const j = parsed(s);
      if (!Array.isArray(j)) throw new Error('The provided JSON input is not an array');
      return list(j.map((item) => strictly(item, wanted)));
    },
  ],
  [
    'json_lax_items',
    'TTT',
    (s: string, wanted: string) => {
      const j = parsed(s);
      return Array.isArray(j) ? list(j.map((item) => laxly(item, wanted))) : null;
    },
  ],
  ['json_flat', 'TT', (s: string) => list(flat(parsed(s)).map(writeJson))],
  [
    'json_lax_query',
    'TTTT',
    (s: string, p: string, how: string) => writeJson(laxFollow(parsed(s), pathSteps(p), how === 'recursive')),
  ],
  [
    'json_members',
    'TTT',
    (keys: string, values: string) => writeJson(normalJson(membersOf(parsed(keys), parsed(values)))),
  ],
  [
    'json_set',
    'TTTTT',
    (s: string, p: string, v: string, create: string) =>
      changed(s, p, (j, steps) => setJson(j, steps, parsed(v), create === 'true')),
  ],
  ['json_remove', 'TTT', (s: string, p: string) => changed(s, p, removeJson)],
  ['json_append', 'TTTTT', adding(appendJson)],
  ['json_insert', 'TTTTT', adding(insertJson)],
  [
    'json_strip',
    'TTTTT',
    (s: string, p: string, arrays: string, empty: string) =>
      changed(s, p, (j, steps) => stripNulls(j, steps, arrays === 'true', empty === 'true')),
  ],
] as const;
