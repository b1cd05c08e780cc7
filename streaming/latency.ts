/** Buckets grow by a twelfth: a quantile is off by at most 4 %, in 260 numbers, whatever was recorded. */
const growth = 13 / 12;
const logGrowth = Math.log(growth);
const smallestMillis = 0.05;
const bucketCount = 260;
/** A bound that falls into a bucket takes the half of it that is nearer. */
const tolerance = Math.sqrt(growth);

/** How many records fell into a bucket; those without any are left out. */
export type BucketCount = readonly [bucket: number, count: number];

/** How long things took: counts per bucket, cheap enough for the hot path. */
export class Latencies {
  private readonly buckets = new Float64Array(bucketCount);
  private recorded = 0;
  private total = 0;

  get sum(): number {
    return this.total;
  }

  get count(): number {
    return this.recorded;
  }

  record(millis: number): void {
    const bucket = Math.ceil(Math.log(Math.max(millis, smallestMillis) / smallestMillis) / logGrowth);
    this.addTo(Math.min(bucket, bucketCount - 1), 1);
    this.total += millis;
  }

  private addTo(bucket: number, count: number): void {
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + count;
    this.recorded += count;
  }

  /** How many records took at most this long, give or take one bucket of ours. */
  atMost(millis: number): number {
    let count = 0;
    for (
      let index = 0;
      index < bucketCount && smallestMillis * growth ** index <= millis * tolerance;
      index++
    )
      count += this.buckets[index] ?? 0;
    return count;
  }

  /** Milliseconds that the given share of the records did not exceed; null when there are none. */
  quantile(share: number): number | null {
    if (this.recorded === 0) return null;
    let left = Math.ceil(share * this.recorded);
    for (let index = 0; index < bucketCount; index++) {
      left -= this.buckets[index] ?? 0;
      if (left <= 0) return smallestMillis * growth ** index;
    }
    return smallestMillis * growth ** (bucketCount - 1);
  }

  /** For another process to add up, or to take away what was before some moment. */
  get counts(): readonly BucketCount[] {
    return [...this.buckets.entries()].filter(([, count]) => count !== 0);
  }

  /** What `later` counted that `earlier`, of the same records, had not yet. Their sum is not known. */
  static between(earlier: readonly BucketCount[], later: readonly BucketCount[]): Latencies {
    const latencies = new Latencies();
    for (const [bucket, count] of later) latencies.addTo(bucket, count);
    for (const [bucket, count] of earlier) latencies.addTo(bucket, -count);
    return latencies;
  }

  clear(): void {
    this.buckets.fill(0);
    this.recorded = 0;
    this.total = 0;
  }
}
