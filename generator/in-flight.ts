/**
 * Counts what is on its way, so that a fast producer waits for a slow network instead of filling the memory.
 * Keeps the first failure: after it nothing more should be sent.
 */
export class InFlight {
  failure: unknown;
  landed = 0;
  private readonly most: number;
  private flying = 0;
  private wake: (() => void) | undefined;

  constructor(most: number) {
    this.most = most;
  }

  track(sent: Promise<unknown>): void {
    this.flying++;
    sent.then(
      () => {
        this.landed++;
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
