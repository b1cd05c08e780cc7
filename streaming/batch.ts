/** When a batch is full enough to be written. */
export interface BatchBounds {
  readonly items: number;
  readonly bytes: number;
  /** How long the first item waits for company. */
  readonly millis: number;
}

/** Items on their way to a sink, oldest first. */
export class Batch<T> {
  readonly items: T[] = [];
  bytes = 0;
  readonly openedAt: number;

  constructor(openedAt: number) {
    this.openedAt = openedAt;
  }

  add(item: T, bytes: number): void {
    this.items.push(item);
    this.bytes += bytes;
  }

  isFull(bounds: BatchBounds): boolean {
    return this.items.length >= bounds.items || this.bytes >= bounds.bytes;
  }

  isDue(bounds: BatchBounds, now: number): boolean {
    return this.items.length > 0 && (this.isFull(bounds) || now - this.openedAt >= bounds.millis);
  }
}

export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
