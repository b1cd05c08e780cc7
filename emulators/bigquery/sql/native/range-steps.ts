const day = 86_400_000_000n;
const most = 1_000_000;

/**
 * GENERATE_RANGE_ARRAY: where each part of a range begins and ends, in microseconds as a JSON list.
 * Months are counted from the start, so that the 31st is the last of every month.
 */
export function rangeSteps(
  start: bigint,
  end: bigint,
  months: bigint,
  days: bigint,
  micros: bigint,
  partial: bigint,
): string {
  const step = days * day + micros;
  const found: string[] = [];
  for (let n = 1n, from = start; from < end; n++) {
    const to = months > 0n ? monthsLater(start, months * n) : start + step * n;
    const whole = to <= end;
    if ((whole || partial !== 0n) && found.push(`[${from},${whole ? to : end}]`) > most)
      throw new Error(`A range in more than ${most} parts is not supported by the emulator`);
    from = whole ? to : end;
  }
  return `[${found.join(',')}]`;
}

function monthsLater(start: bigint, months: bigint): bigint {
  const clock = ((start % day) + day) % day;
  const date = new Date(Number((start - clock) / 1000n));
  const index = date.getUTCFullYear() * 12 + date.getUTCMonth() + Number(months);
  const [year, month] = [Math.floor(index / 12), index % 12];
  // Date.UTC takes a year below 100 for one of the twentieth century.
  const last = new Date(0);
  last.setUTCFullYear(year, month + 1, 0);
  last.setUTCDate(Math.min(date.getUTCDate(), last.getUTCDate()));
  return BigInt(last.getTime()) * 1000n + clock;
}
