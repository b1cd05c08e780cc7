/** A decimal text as an unscaled integer, rounded half away from zero where it has more digits; undefined if it is none. */
export function unscaled(value: string, scale: number): bigint | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(value);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') return undefined;
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length + scale;
  // Longer than any NUMERIC: no need to compute it.
  if (shift > 80) return /^0*$/.test(digits) ? 0n : undefined;
  const magnitude = shift >= 0 ? BigInt(digits + '0'.repeat(shift)) : rounded(digits, -shift);
  return sign === '-' ? -magnitude : magnitude;
}

function rounded(digits: string, drop: number): bigint {
  const kept = digits.slice(0, Math.max(0, digits.length - drop));
  const first = digits.length >= drop ? (digits[digits.length - drop] ?? '0') : '0';
  return BigInt(kept === '' ? '0' : kept) + (first >= '5' ? 1n : 0n);
}
