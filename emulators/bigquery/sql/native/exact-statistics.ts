import { squareRoot } from './exact-decimal.ts';

/** Places behind the point. */
const places: Readonly<Record<string, number>> = { NUMERIC: 9, BIGNUMERIC: 38 };
/** A decimal as so many units of its last place. */
const decimalParts =
  (scale: number) =>
  (text: string): readonly [n: bigint, exponent: number] => {
    const [whole = '', fraction = ''] = text.split('.');
    return [BigInt(whole + fraction.padEnd(scale, '0')), 0];
  };

/** A double as a whole number times a power of two. */
function parts(x: number): readonly [n: bigint, exponent: number] {
  if (x === 0) return [0n, 0];
  const exponent = Math.max(-1074, Math.floor(Math.log2(Math.abs(x))) - 54);
  // A power below the smallest double is reached in two steps.
  const scaled = exponent < -1000 ? x * 2 ** 1000 * 2 ** (-exponent - 1000) : x * 2 ** -exponent;
  return [BigInt(scaled), exponent];
}

/** n/d · 2^exponent, or its root, as the nearest double: 70 digits, the last of which tells that there would be more. */
function nearest(n: bigint, d: bigint, exponent: number, root: boolean): number {
  if (n === 0n) return 0;
  const size = n.toString(2).length - d.toString(2).length;
  let shift = (root ? 140 : 70) - size;
  if (root && (shift + exponent) % 2 !== 0) shift += 1;
  const scaled = shift >= 0 ? n << BigInt(shift) : n;
  const by = shift >= 0 ? d : d << BigInt(-shift);
  const quotient = scaled / by;
  const digits = root ? squareRoot(quotient) : quotient;
  const exact = scaled % by === 0n && (!root || digits * digits === quotient);
  const power = (exponent - shift) / (root ? 2 : 1) - 1;
  const mantissa = Number(digits * 2n + (exact ? 0n : 1n));
  return power < -1000 ? mantissa * 2 ** -1000 * 2 ** (power + 1000) : mantissa * 2 ** power;
}

/**
 * Statistics of doubles as if nothing were rounded before the end; of NUMERICs, whose sums are exact, the quotient and
 * the root are those of doubles. `list` is DuckDB's text of a list of numbers, or of pairs of them; null where there are
 * too few.
 */
export function exactStatistic(how: string, of: string, list: string): number | null {
  const texts = list.match(/-?(?:inf|nan|[\d.]+(?:e[+-]?\d+)?)/g) ?? [];
  const scale = places[of];
  const values = texts.map((text) => Number(text.replace('inf', 'Infinity')));
  const pairs = /^(CORR|COVAR)/.test(how);
  const count = pairs ? values.length / 2 : values.length;
  if (count === 0 || (count === 1 && !how.endsWith('_POP'))) return null;
  if (!values.every(Number.isFinite)) return Number.NaN;
  const scaled = scale === undefined ? values.map(parts) : texts.map(decimalParts(scale));
  const exponent = Math.min(...scaled.map(([n, e]) => (n === 0n ? Number.POSITIVE_INFINITY : e)), 1024);
  const whole = scaled.map(([n, e]) => (n === 0n ? 0n : n << BigInt(e - exponent)));
  const xs = pairs ? whole.filter((_, i) => i % 2 === 0) : whole;
  const ys = pairs ? whole.filter((_, i) => i % 2 === 1) : whole;
  const n = BigInt(count);
  // n² times the covariance, so that it stays a whole number.
  const spread = (a: readonly bigint[], b: readonly bigint[]): bigint => {
    const sum = (of: readonly bigint[]): bigint => of.reduce((s, v) => s + v, 0n);
    return n * sum(a.map((v, i) => v * (b[i] ?? 0n))) - sum(a) * sum(b);
  };
  const both = spread(xs, ys);
  if (how === 'CORR') {
    const [x, y] = [spread(xs, xs), spread(ys, ys)];
    if (x === 0n || y === 0n) return Number.NaN;
    if (scale !== undefined) return Number(both) / Math.sqrt(Number(x * y));
    return nearest(both * both, x * y, 0, true) * (both < 0n ? -1 : 1);
  }
  const by = (how.endsWith('_POP') ? n * n : n * (n - 1n)) * 10n ** BigInt(2 * (scale ?? 0));
  // Of decimals the service rounds both before it divides them.
  if (scale !== undefined) {
    const quotient = Number(both) / Number(by);
    return how.startsWith('STDDEV') ? Math.sqrt(quotient) : quotient;
  }
  const size = both < 0n ? -both : both;
  return nearest(size, by, 2 * exponent, how.startsWith('STDDEV')) * (both < 0n ? -1 : 1);
}
