import type { Random } from './random.ts';

/** A choice whose odds are given as weights; they need not sum to anything. The likely ones first are found soonest. */
export class Weighted<T> {
  private readonly values: readonly [T, ...T[]];
  private readonly bounds: Float64Array;
  private readonly total: number;

  constructor(entries: readonly [readonly [T, number], ...(readonly [T, number])[]]) {
    const [first, ...rest] = entries;
    this.values = [first[0], ...rest.map(([value]) => value)];
    this.bounds = new Float64Array(entries.length);
    let sum = 0;
    for (const [index, [, weight]] of entries.entries()) {
      sum += weight;
      this.bounds[index] = sum;
    }
    this.total = sum;
  }

  pick(random: Random): T {
    const at = random.fraction() * this.total;
    const { bounds } = this;
    let index = 0;
    // A loop, not findIndex: a closure per draw stood out in the profile.
    while (index < bounds.length - 1 && at >= (bounds[index] ?? 0)) index++;
    return this.values[index] ?? this.values[0];
  }
}
