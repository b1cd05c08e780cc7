/**
 * Counts what is on its way, so that a fast producer waits for a slow network instead of filling the memory.
 * Keeps the first failure: after it nothing more should be sent.
 */
export class InFlight {
  failure: unknown;
  landed = 0;
  /** All of the first so many have landed. */
  landedThrough = 0;
  private readonly most: number;
  private flying = 0;
  private tracked = 0;
  /** Landed before one that was sent earlier. */
  private readonly ahead = new Set<number>();
  private wake: (() => void) | undefined;

  constructor(most: number) {
    this.most = most;
  }

  track(sent: Promise<unknown>): void {
    this.flying++;
    const place = this.tracked++;
    sent.then(
      () => {
        this.landed++;
        this.land(place);
        this.lower();
      },
      (error: unknown) => {
        this.failure ??= error;
        this.lower();
      },
    );
  }

  /** Resolves when there is room again. */
  room(): Promise<void> {
    return this.below(this.most);
  }

  empty(): Promise<void> {
    return this.below(1);
  }

  private land(place: number): void {
    this.ahead.add(place);
    while (this.ahead.delete(this.landedThrough)) this.landedThrough++;
  }

  private async below(bound: number): Promise<void> {
    while (this.flying >= bound) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private lower(): void {
    this.flying--;
    this.wake?.();
    this.wake = undefined;
  }
}
