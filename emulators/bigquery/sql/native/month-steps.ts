/** GENERATE_DATE_ARRAY by months, as a JSON list of dates. */
export function monthSteps(from: string, to: string, months: bigint): string {
  const step = Number(months);
  if (step === 0) throw new Error('Sequence step cannot be 0.');
  const found: string[] = [];
  for (let date = from; step > 0 ? date <= to : date >= to; ) {
    found.push(date);
    const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
    const index = year * 12 + month - 1 + step;
    const [y, m] = [Math.floor(index / 12), index % 12];
    if (y < 1 || y > 9999) break;
    // The year 2000 + y % 400 has the same calendar, and Date reads no year below 100 as it is.
    const last = new Date(Date.UTC(2000 + (y % 400), m + 1, 0)).getUTCDate();
    const two = (n: number): string => String(n).padStart(2, '0');
    date = `${String(y).padStart(4, '0')}-${two(m + 1)}-${two(Math.min(day, last))}`;
  }
  return JSON.stringify(found);
}
