import { createHash } from 'node:crypto';
import { exactDecimal } from './exact-decimal.ts';
import { farmFingerprint } from './farm-fingerprint.ts';
import { changeInterval, intervalDuration, intervalForDuck, intervalWords } from './intervals.ts';
import {
  addressMask,
  addressOf,
  addressOfWhole,
  addressText,
  requiredAddress,
  truncateAddress,
  wholeOfAddress,
} from './ip-addresses.ts';
import { appendJson, insertJson, keysOf, removeJson, setJson, stripNulls } from './json-changes.ts';
import {
  follow,
  type Json,
  JsonNumber,
  normalJson,
  pathSteps,
  prettyJson,
  readJson,
  type Step,
  writeJson,
} from './json-tree.ts';
import { doubleAsText, formatNumber, numericText, roundDouble, truncateDouble } from './number-format.ts';
import { capturingGroups } from './regexp-groups.ts';
import {
  editDistance,
  foldCase,
  fromBase32,
  hostOf,
  initcap,
  instr,
  normalize,
  quoteText,
  replaceInvalidUtf8,
  soundex,
  substrBytes,
  toBase32,
  translate,
} from './texts.ts';
import { readDate, readTime } from './time-reader.ts';

/** One letter for each argument and then the result: Text, Whole number, Bytes, Double. */
export interface NativeFunction {
  readonly name: string;
  readonly shape: string;
  readonly call: (...args: never[]) => string | bigint | number | Uint8Array | null;
}

/** Left when positive; bits that come in are zero, also at the sign. */
function shift(value: bigint, by: bigint): bigint {
  if (by <= -64n || by >= 64n) return 0n;
  return by >= 0n ? BigInt.asIntN(64, value << by) : BigInt.asIntN(64, BigInt.asUintN(64, value) >> -by);
}
function hexInt(text: string): bigint {
  const value = BigInt(text.trim().replace(/^[+-]/, '')) * (text.trim().startsWith('-') ? -1n : 1n);
  if (BigInt.asIntN(64, value) !== value) throw new Error(`Bad int64 value: ${text}`);
  return value;
}

const parsed = (text: string): Json => {
  const j = readJson(text);
  if (j === undefined) throw new Error(`Invalid JSON: ${text.slice(0, 80)}`);
  return j;
};
const stepsOf = (path: string): Step[] => {
  const steps = pathSteps(path);
  if (!steps) throw new Error(`The JSONPath ${path} is not supported by the emulator`);
  return steps;
};
const at = (text: string, path: string): Json | undefined => {
  const broken = new Set<Json>();
  const j = readJson(text, broken);
  const found = j === undefined ? undefined : follow(j, stepsOf(path));
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

/** STRING(j), INT64(j), … : the value itself, or an error where it is of another kind. */
function strictly(text: string, wanted: string): string {
  const j = parsed(text);
  const fail = (): never => {
    throw new Error(
      `The provided JSON input is not ${wanted === 'INT64' ? 'an integer' : `a ${wanted.toLowerCase()}`}`,
    );
  };
  if (wanted === 'STRING') return typeof j === 'string' ? j : fail();
  if (wanted === 'BOOL') return typeof j === 'boolean' ? String(j) : fail();
  if (!(j instanceof JsonNumber)) return fail();
  if (wanted === 'FLOAT64') return j.text;
  const value = Number(j.text);
  if (/^-?\d+$/.test(j.text)) return j.text;
  return Number.isInteger(value) ? String(BigInt(value)) : fail();
}

/** LAX_STRING and its like: NULL where no conversion is known. */
function laxly(text: string, wanted: string): string | null {
  const j = parsed(text);
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
  writeJson(normalJson(change(parsed(text), stepsOf(path))));

/** What DuckDB has not: made once per database, called once per row, in this process. */
export const natives: readonly NativeFunction[] = (
  [
    ['farm_fingerprint', 'BW', farmFingerprint],
    ['shift', 'WWW', shift],
    ['hex_int', 'TW', hexInt],
    ['sha512', 'BB', (bytes: Uint8Array) => createHash('sha512').update(bytes).digest()],
    ['substr_bytes', 'BWWB', substrBytes],
    ['upper', 'TT', (s: string) => s.toUpperCase()],
    ['lower', 'TT', (s: string) => s.toLowerCase()],
    ['initcap', 'TT', initcap],
    ['initcap_with', 'TTT', initcap],
    ['interval_for_duck', 'TT', intervalForDuck],
    ['interval_duration', 'TT', intervalDuration],
    ['interval_words', 'TT', intervalWords],
    ['change_interval', 'TTTT', changeInterval],
    ['normalize', 'TTT', normalize],
    ['fold_case', 'TT', foldCase],
    ['translate', 'TTTT', translate],
    ['soundex', 'TT', soundex],
    ['edit_distance', 'TTW', editDistance],
    ['instr', 'TTWWW', instr],
    ['to_base32', 'BT', toBase32],
    ['from_base32', 'TB', fromBase32],
    ['text_of_bytes', 'BT', replaceInvalidUtf8],
    ['host', 'TT', hostOf],
    ['ip', 'TB', requiredAddress],
    ['safe_ip', 'TB', addressOf],
    ['ip_text', 'BT', addressText],
    ['ip_mask', 'WWB', addressMask],
    ['ip_truncate', 'BWB', truncateAddress],
    ['ip_whole', 'BW', wholeOfAddress],
    ['ip_of_whole', 'WB', addressOfWhole],
    ['regexp_groups', 'TW', (r: string) => BigInt(capturingGroups(r))],
    ['round', 'DWD', roundDouble],
    ['truncate', 'DWD', truncateDouble],
    ['cbrt', 'DD', Math.cbrt],
    ['exact_text', 'TTTT', exactDecimal],
    ['exact_double', 'DT', numericText],
    ['format_number', 'TTT', formatNumber],
    ['read_time', 'TTW', readTime],
    ['read_date', 'TTW', readDate],
    ['json_normal', 'TT', (s: string) => writeJson(normalJson(parsed(s)))],
    ['json_rounded', 'TT', (s: string) => writeJson(normalJson(parsed(s), true))],
    ['json_pretty', 'TT', (s: string) => prettyJson(parsed(s))],
    [
      'json_text_query',
      'TTT',
      (s: string, p: string) => {
        const j = at(s, p);
        return j === undefined || j === null ? null : writeJson(j);
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
    [
      'json_keys',
      'TWT',
      (s: string, depth: bigint) => list([...new Set(keysOf(parsed(s), Number(depth)))].sort()),
    ],
    ['json_strict', 'TTT', strictly],
    ['json_lax', 'TTT', laxly],
    ['with_fraction', 'TT', (s: string) => (/[.en]/i.test(s) ? s : `${s}.0`)],
    ['quote', 'TT', quoteText],
    [
      'json_set',
      'TTTTT',
      (s: string, p: string, v: string, create: string) =>
        changed(s, p, (j, steps) => setJson(j, steps, parsed(v), create === 'true')),
    ],
    ['json_remove', 'TTT', (s: string, p: string) => changed(s, p, removeJson)],
    [
      'json_append',
      'TTTT',
      (s: string, p: string, v: string) => changed(s, p, (j, steps) => appendJson(j, steps, [parsed(v)])),
    ],
    [
      'json_insert',
      'TTTT',
      (s: string, p: string, v: string) => changed(s, p, (j, steps) => insertJson(j, steps, [parsed(v)])),
    ],
    [
      'json_strip',
      'TTTT',
      (s: string, arrays: string, empty: string) =>
        writeJson(stripNulls(parsed(s), arrays === 'true', empty === 'true')),
    ],
  ] as const
).map(([name, shape, call]) => ({ name: `bq_${name}`, shape, call: call as NativeFunction['call'] }));
