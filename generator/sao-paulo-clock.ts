const format = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Sao_Paulo',
  timeZoneName: 'longOffset',
});

const hourMillis = 3_600_000;

/**
 * A wall-clock text without a zone as people in São Paulo would write it, or undefined in the hour after summer
 * time ends, which the clocks show twice. Asks Intl, not the contract's own table: the ledger must not be
 * wrong in the same way as the decoder.
 */
export function wallClockText(utcMillis: number): string | undefined {
  if (offsetHours(utcMillis) < offsetHours(utcMillis - hourMillis)) return undefined;
  return shownText(utcMillis);
}

/** What the clocks show, be it for the second time. */
export function shownText(utcMillis: number): string {
  const shown = utcMillis + offsetHours(utcMillis) * hourMillis;
  return new Date(shown).toISOString().slice(0, 19).replace('T', ' ');
}

function offsetHours(utcMillis: number): number {
  return Number(format.format(utcMillis).slice(-6, -3));
}
