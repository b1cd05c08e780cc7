import { createHash } from 'node:crypto';
import {
  averageBigNumerics,
  bigNumericJson,
  bigNumericOf,
  bigNumericOfDouble,
  bigNumericOperation,
  bigNumericText,
  bigNumericWhole,
  parseBigNumeric,
  roundBigNumeric,
  sumBigNumerics,
} from './bignumerics.ts';
import { bytesToText, castNumber, textToBytes } from './cast-format.ts';
import {
  endsCollated,
  instrCollated,
  likeCollated,
  replaceCollated,
  splitCollated,
  startsCollated,
} from './collated-texts.ts';
import { exactDecimal } from './exact-decimal.ts';
import { exactStatistic } from './exact-statistics.ts';
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
import { jsonNatives } from './json-functions.ts';
import { monthSteps } from './month-steps.ts';
import { formatNumber, formatText, numericText, roundDouble, truncateDouble } from './number-format.ts';
import { rangeSteps } from './range-steps.ts';
import { rangeFault } from './range-text.ts';
import { capturingGroups, extractGroup } from './regexp-groups.ts';
import {
  editDistance,
  foldCase,
  fromBase32,
  hostOf,
  initcap,
  instr,
  normalize,
  quoteBytes,
  quoteText,
  replaceInvalidUtf8,
  soundex,
  toBase32,
  translate,
} from './texts.ts';
import { readDate, readLeap, readTime } from './time-reader.ts';

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

/** What DuckDB has not: made once per database, called once per row, in this process. */
export const natives: readonly NativeFunction[] = (
  [
    ['farm_fingerprint', 'BW', farmFingerprint],
    ['shift', 'WWW', shift],
    ['hex_int', 'TW', hexInt],
    ['sha512', 'BB', (bytes: Uint8Array) => createHash('sha512').update(bytes).digest()],
    ['upper', 'TT', (s: string) => s.toUpperCase()],
    ['lower', 'TT', (s: string) => s.toLowerCase()],
    ['initcap', 'TT', initcap],
    ['initcap_with', 'TTT', initcap],
    ['interval_for_duck', 'TT', intervalForDuck],
    ['interval_duration', 'TT', intervalDuration],
    ['interval_words', 'TT', intervalWords],
    ['change_interval', 'TTTT', changeInterval],
    ['normalize', 'TTT', normalize],
    ['fold_case', 'TT', (text: string) => foldCase(text)],
    ['fold_letters', 'TT', (text: string) => foldCase(text, 'NFC')],
    ['translate', 'TTTT', translate],
    ['soundex', 'TT', soundex],
    ['edit_distance', 'TTW', editDistance],
    ['instr', 'TTWWW', instr],
    ['instr_ci', 'TTWWW', instrCollated],
    ['starts_ci', 'TTW', startsCollated],
    ['ends_ci', 'TTW', endsCollated],
    ['replace_ci', 'TTTT', replaceCollated],
    ['split_ci', 'TTT', splitCollated],
    ['like_ci', 'TTW', likeCollated],
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
    ['extract_group', 'TTT', extractGroup],
    ['round', 'DWD', roundDouble],
    ['truncate', 'DWD', truncateDouble],
    ['cbrt', 'DD', Math.cbrt],
    ['to_bignumeric', 'TB', bigNumericOf],
    ['double_bignumeric', 'DB', bigNumericOfDouble],
    ['parse_bignumeric', 'TB', parseBigNumeric],
    ['bignumeric_text', 'BT', bigNumericText],
    ['bignumeric_json', 'BT', bigNumericJson],
    ['bignumeric_whole', 'BW', bigNumericWhole],
    ['bignumeric', 'TBBB', bigNumericOperation],
    ['round_bignumeric', 'TBWB', roundBigNumeric],
    ['sum_bignumerics', 'TB', sumBigNumerics],
    ['average_bignumerics', 'TWB', averageBigNumerics],
    ['exact_statistic', 'TTTD', exactStatistic],
    ['exact_text', 'TTTT', exactDecimal],
    ['exact_double', 'DT', numericText],
    ['format_number', 'TTT', formatNumber],
    ['read_time', 'TTW', readTime],
    ['read_date', 'TTW', readDate],
    ['read_leap', 'TTW', readLeap],
    ['with_fraction', 'TT', (s: string) => (/[.en]/i.test(s) ? s : `${s}.0`)],
    ['quote', 'TT', quoteText],
    ['month_steps', 'TTWT', monthSteps],
    ['cast_number', 'TTT', castNumber],
    ['bytes_to_text', 'TBT', bytesToText],
    ['text_to_bytes', 'TTB', textToBytes],
    ['format_text', 'TTT', formatText],
    ['range_fault', 'TT', rangeFault],
    ['range_steps', 'WWWWWWT', rangeSteps],
    ['quote_bytes', 'BWT', quoteBytes],
    ['of_latin', 'TB', (s: string) => Buffer.from(s, 'latin1')],
    ['latin', 'BT', (b: Uint8Array) => Buffer.from(b).toString('latin1')],
    ...jsonNatives,
  ] as const
).map(([name, shape, call]) => ({ name: `bq_${name}`, shape, call: call as NativeFunction['call'] }));
