const powers = Array.from({ length: 10 }, (_, i) => 10n ** BigInt(i));

/** A decimal text as an unscaled integer, rounded half away from zero where it has more digits; undefined if it is none. */
export function unscaled(value: string, scale: number): bigint | undefined {
  const plain = plainUnscaled(value, scale);
  if (plain !== undefined) return plain;
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

/** Short plain decimals without a pattern: a file has millions of them. */
function plainUnscaled(value: string, scale: number): bigint | undefined {
  if (value.length === 0 || value.length > 15) return undefined;
  let digits = 0;
  let after = -1;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 46 && after < 0 && i > 0) after = 0;
    else if (code >= 48 && code <= 57) {
      digits = digits * 10 + code - 48;
      if (after >= 0) after += 1;
    } else return undefined;
  }
  const shift = scale - Math.max(after, 0);
  return shift < 0 ? undefined : BigInt(digits) * (powers[shift] ?? 10n ** BigInt(shift));
}
