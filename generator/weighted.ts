import type { Random } from './random.ts';

const guides = 64;

/** A choice whose odds are given as weights; they need not sum to anything. */
export class Weighted<T> {
  private readonly values: readonly [T, ...T[]];
  private readonly bounds: Float64Array;
  private readonly total: number;
  /** For each of equal shares of the range the first value that begins in it or reaches into it. */
  private readonly guide: Uint16Array;

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
    this.guide = Uint16Array.from({ length: guides }, (_, share) => this.indexOf((share / guides) * sum, 0));
  }

  pick(random: Random): T {
    const fraction = random.fraction();
    const index = this.indexOf(fraction * this.total, this.guide[(fraction * guides) | 0] ?? 0);
    return this.values[index] ?? this.values[0];
  }

  /** A loop, not findIndex: a closure per draw stood out in the profile. */
  private indexOf(at: number, from: number): number {
    const { bounds } = this;
    let index = from;
    while (index < bounds.length - 1 && at >= (bounds[index] ?? 0)) index++;
    return index;
  }
}
