const unit = 10n ** 9n;
const largest = 10n ** 38n;

function unscaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(9, '0').slice(0, 9));
}

/** Halves go away from zero. */
export function rounded(n: bigint, d: bigint): bigint {
  const down = n / d;
  const rest = n % d;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  return twice < (d < 0n ? -d : d) ? down : down + (n < 0n === d < 0n ? 1n : -1n);
}

export function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (let next = (x + n / x) >> 1n; next < x; next = (x + n / x) >> 1n) x = next;
  return x;
}

/** A whole power, with places to spare while it is multiplied up. */
function power(a: bigint, exponent: bigint): bigint {
  const spare = 10n ** 60n;
  const tooLarge = 10n ** 120n;
  let result = spare;
  let base = (a * spare) / unit;
  if (exponent < 0n) base = (spare * spare) / base;
  for (let left = exponent < 0n ? -exponent : exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * base) / spare;
    base = (base * base) / spare;
    if (result > tooLarge || result < -tooLarge || (base > tooLarge && left > 1n)) throw overflow();
  }
  return rounded(result * unit, spare);
}

const overflow = (): Error => new Error('numeric overflow');

export type Operations = Readonly<Record<string, (a: bigint, b: bigint) => bigint>>;

/** Of decimals that are counted in so many units to one. */
export const decimalOperations = (unit: bigint): Operations => ({
  multiply: (a, b) => rounded(a * b, unit),
  divide: (a, b) => rounded(a * unit, b),
  div: (a, b) => (a / b) * unit,
  mod: (a, b) => a % b,
});

/** To so many places, or to so many digits before the point. */
const toPlaces =
  (divided: (n: bigint, d: bigint) => bigint) =>
  (a: bigint, places: bigint): bigint => {
    const step = 10n ** (9n - places / unit);
    return divided(a, step) * step;
  };
/** Halves go to the even one. */
function evenly(n: bigint, d: bigint): bigint {
  const twice = (n % d) * 2n;
  return (twice === d || twice === -d) && (n / d) % 2n === 0n ? n / d : rounded(n, d);
}

const operations: Operations = {
  ...decimalOperations(unit),
  round: toPlaces(rounded),
  round_even: toPlaces(evenly),
  trunc: toPlaces((n, d) => n / d),
  sqrt: (a) => rounded(squareRoot(a * unit * 100n), 10n),
  power: (a, b) => power(a, b / unit),
};

/** NUMERIC arithmetic where DuckDB's integers of 128 bits have no room for what comes between. */
export function exactDecimal(operation: string, left: string, right: string): string {
  const value = operations[operation]?.(unscaled(left), unscaled(right)) ?? 0n;
  const size = value < 0n ? -value : value;
  if (size >= largest) throw overflow();
  const digits = size.toString().padStart(10, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
