import type { Random } from './random.ts';

/**
 * A distribution given by its quantiles at equal steps of probability, straight lines between them. exp and log
 * are left out of the shop on purpose: their last bit is the machine's own, and one seed must give the same
 * bytes everywhere.
 */
export class Quantiles {
  private readonly at: Float64Array;

  constructor(values: readonly number[]) {
    this.at = Float64Array.from(values);
  }

  draw(random: Random): number {
    const position = random.fraction() * (this.at.length - 1);
    const index = Math.floor(position);
    const low = this.at[index] ?? 0;
    return low + ((this.at[index + 1] ?? low) - low) * (position - index);
  }
}

/** Exponential with mean 1, by twentieths; cut at the 99th percentile. */
export const exponential = new Quantiles([
  0, 0.051, 0.105, 0.163, 0.223, 0.288, 0.357, 0.431, 0.511, 0.598, 0.69, 0.799, 0.916, 1.05, 1.204, 1.386,
  1.609, 1.897, 2.3, 2.996, 4.605,
]);

/** Log-normal with median 1 and sigma 0.7, by twentieths: how prices of one category lie. */
export const priceSpread = new Quantiles([
  0.2, 0.316, 0.408, 0.484, 0.555, 0.624, 0.69, 0.764, 0.838, 0.916, 1, 1.092, 1.194, 1.31, 1.44, 1.603,
  1.802, 2.065, 2.453, 3.163, 5.1,
]);

/** Log-normal with median 1 and sigma 2, by twentieths: how late what is late comes. The tail is long. */
export const lateness = new Quantiles([
  0.01, 0.037, 0.077, 0.126, 0.186, 0.26, 0.35, 0.463, 0.602, 0.778, 1, 1.286, 1.66, 2.161, 2.854, 3.853,
  5.384, 7.948, 12.98, 26.84, 180,
]);
