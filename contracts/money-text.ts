export const canonicalMoney = /^(0|[1-9]\d*)\.\d\d$/;
const anyMoney = /^(-?)(\d{1,12})(?:\.(\d{1,2})0*)?$/;

/** Cents of the canonical form "99.90"; NaN for any other text: ask `readMoney`. */
export function canonicalCents(text: string): number {
  const pointAt = text.length - 3;
  if (pointAt < 1 || pointAt > 10 || text.charCodeAt(pointAt) !== 46) return Number.NaN;
  if (pointAt > 1 && text.charCodeAt(0) === 48) return Number.NaN;
  let cents = 0;
  for (let i = 0; i < text.length; i++) {
    if (i === pointAt) continue;
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    cents = cents * 10 + digit;
  }
  return cents;
}

/** Cents of any decimal text that is exact to the cent. */
export function readMoney(text: string): number | undefined {
  const parts = anyMoney.exec(text);
  if (parts === null) return undefined;
  const cents = Number(parts[2]) * 100 + Number((parts[3] ?? '').padEnd(2, '0'));
  return parts[1] === '-' && cents > 0 ? -cents : cents;
}

/** Cents of a JSON number, if that number is the double nearest to a whole number of cents. */
export function centsOfNumber(value: number): number | undefined {
  const cents = Math.round(value * 100);
  return cents / 100 === value ? cents + 0 : undefined;
}

export function moneyText(cents: number): string {
  const digits = Math.abs(cents).toString().padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
