import { decimalOperations, type Operations, rounded } from './exact-decimal.ts';

/**
 * A BIGNUMERIC is a whole number of 256 bits that counts units of 10^-38. It is kept as 32 bytes with the sign turned
 * round, big end first: so bytes are in the order of the numbers, and DuckDB compares, sorts and groups them as they are.
 */
const places = 38;
const unit = 10n ** 38n;
const offset = 1n << 255n;

const overflow = (): Error => new Error('BIGNUMERIC overflow');

export function bigNumericBytes(n: bigint): Buffer {
  if (n < -offset || n >= offset) throw overflow();
  return Buffer.from((n + offset).toString(16).padStart(64, '0'), 'hex');
}
export const bigNumericValue = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).toString('hex')}`) - offset;

/** Undefined where it is no number; digits beyond the last place are rounded. */
function read(text: string): { n: bigint; exact: boolean } | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const shift = BigInt(places + Number(exponent) - fraction.length);
  if (shift >= 0n) return { n: digits * 10n ** shift, exact: true };
  return { n: rounded(digits, 10n ** -shift), exact: digits % 10n ** -shift === 0n };
}

const inRange = (n: bigint): boolean => n >= -offset && n < offset;

/** What BIGNUMERIC '…' takes: every digit has a place. */
export function bigNumericLiteral(text: string): Buffer | undefined {
  const found = read(text);
  return found?.exact && inRange(found.n) ? bigNumericBytes(found.n) : undefined;
}

export function bigNumericOf(text: string): Buffer {
  const found = read(text);
  if (!found || !inRange(found.n)) throw new Error(`Invalid BIGNUMERIC value: ${text}`);
  return bigNumericBytes(found.n);
}

/** The sign may stand before or behind, with blanks and commas in between. */
export function parseBigNumeric(text: string): Buffer {
  const plain = /^\s*([+-]?)\s*([\d,.]+(?:e[+-]?\d+)?)\s*([+-]?)\s*$/i.exec(text);
  const [, before = '', digits = '', behind = ''] = plain ?? [];
  const found = plain && !(before && behind) ? read(before + behind + digits.replaceAll(',', '')) : undefined;
  if (!found || !inRange(found.n) || /\..*,/.test(digits))
    throw new Error(`Invalid input to PARSE_BIGNUMERIC: "${text}"`);
  return bigNumericBytes(found.n);
}

/** A double is a whole number times a power of two, and is rounded from there. */
export function bigNumericOfDouble(x: number): Buffer {
  if (!Number.isFinite(x))
    throw new Error(`Illegal conversion of non-finite floating point number to BIGNUMERIC: ${x}`);
  let power = 0;
  let n = x;
  while (!Number.isInteger(n) && power < 1100) {
    n *= 2;
    power += 1;
  }
  const value = rounded(BigInt(Math.trunc(n)) * unit, 1n << BigInt(power));
  if (!inRange(value)) throw new Error(`BIGNUMERIC out of range: ${x}`);
  return bigNumericBytes(value);
}

export function bigNumericText(bytes: Uint8Array): string {
  const n = bigNumericValue(bytes);
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${n < 0n ? '-' : ''}${digits.slice(0, -places)}${fraction && `.${fraction}`}`;
}

/** A number of JSON where a reader keeps it whole. */
export function bigNumericJson(bytes: Uint8Array): string {
  const n = bigNumericValue(bytes);
  const short = n % unit === 0n && n / unit >= -(2n ** 53n) && n / unit <= 2n ** 53n;
  return short ? bigNumericText(bytes) : `"${bigNumericText(bytes)}"`;
}

export function bigNumericWhole(bytes: Uint8Array): bigint {
  const n = rounded(bigNumericValue(bytes), unit);
  if (n !== BigInt.asIntN(64, n)) throw new Error(`int64 out of range: ${bigNumericText(bytes)}`);
  return n;
}

const operations: Operations = {
  ...decimalOperations(unit),
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
};
export function bigNumericOperation(how: string, left: Uint8Array, right: Uint8Array): Buffer {
  const [a, b] = [bigNumericValue(left), bigNumericValue(right)];
  if (/^(div|divide|mod)$/.test(how) && b === 0n)
    throw new Error(`division by zero: ${bigNumericText(left)} / 0`);
  return bigNumericBytes(operations[how]?.(a, b) ?? 0n);
}

/** ROUND, TRUNC, CEIL and FLOOR at so many places; fewer than none are digits before the point. */
export function roundBigNumeric(how: string, bytes: Uint8Array, at: bigint): Buffer {
  const n = bigNumericValue(bytes);
  if (at >= places) return Buffer.from(bytes);
  if (at < -places) return bigNumericBytes(0n);
  const step = 10n ** (BigInt(places) - at);
  const down = n / step;
  const rest = n % step;
  if (/^[A-Z_]+$/.test(how) && how !== 'ROUND_HALF_EVEN' && how !== 'ROUND_HALF_AWAY_FROM_ZERO')
    throw new Error('Could not cast literal to type ROUNDING_MODE');
  const isTie = (rest < 0n ? -rest : rest) * 2n === step;
  if (how === 'ROUND_HALF_EVEN' && isTie && down % 2n === 0n) return bigNumericBytes(down * step);
  if (/^round/i.test(how)) return bigNumericBytes(rounded(n, step) * step);
  const one = how === 'ceil' && rest > 0n ? 1n : how === 'floor' && rest < 0n ? -1n : 0n;
  return bigNumericBytes((down + one) * step);
}

const sumOf = (list: string): bigint => {
  let sum = 0n;
  for (const text of list.split(',')) sum += read(text)?.n ?? 0n;
  return sum;
};
export function sumBigNumerics(list: string): Buffer {
  const sum = sumOf(list);
  if (!inRange(sum)) throw new Error('BIGNUMERIC overflow: SUM');
  return bigNumericBytes(sum);
}
export const averageBigNumerics = (list: string, count: bigint): Buffer =>
  bigNumericBytes(rounded(sumOf(list), count));
