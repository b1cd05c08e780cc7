import type { Random } from './random.ts';

/** A choice whose odds are given as weights; they need not sum to anything. */
export class Weighted<T> {
  private readonly values: readonly [T, ...T[]];
  private readonly bounds: readonly number[];

  constructor(entries: readonly [readonly [T, number], ...(readonly [T, number])[]]) {
    const [first, ...rest] = entries;
    this.values = [first[0], ...rest.map(([value]) => value)];
    let sum = 0;
    this.bounds = entries.map(([, weight]) => {
      sum += weight;
      return sum;
    });
  }

  pick(random: Random): T {
    const at = random.fraction() * (this.bounds.at(-1) ?? 0);
    const index = this.bounds.findIndex((bound) => at < bound);
    return this.values[index] ?? this.values[0];
  }
}
