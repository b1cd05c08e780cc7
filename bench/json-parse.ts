import type { Instant } from '../contracts/index.ts';
import { generate, noDefects } from '../generator/index.ts';

/**
 * What JSON.parse alone costs on the same kind of events, in the same run. Absolute figures do not travel between
 * machines; the ratio to this one does.
 */
export function jsonParseMicros(events: number): number {
  const epoch = 1_483_326_000_000_000 as Instant;
  const texts: string[] = [];
  for (const { bytes } of generate({ seed: 1, orders: events, epoch, defects: noDefects })) {
    texts.push(new TextDecoder().decode(bytes));
  }
  // The first round compiles; the second is measured.
  for (const text of texts) JSON.parse(text);
  const before = process.cpuUsage();
  for (const text of texts) JSON.parse(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / texts.length;
}
