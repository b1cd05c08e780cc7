/**
 * Keeps a publisher at a rate. Tokens come in evenly and are kept for a tenth of a second at most: after a
 * stall the missed ones are lost and counted as an overrun, because sending them in one burst would measure
 * the burst. Pure: the caller brings the time.
 */
export class TokenBucket {
  private readonly perMilli: number;
  private readonly capacity: number;
  private readonly startedAt: number;
  private tokens = 0;
  private filledAt: number;
  private takenSoFar = 0;
  private lost = 0;

  constructor(ratePerSecond: number, nowMillis: number) {
    this.perMilli = ratePerSecond / 1_000;
    this.capacity = Math.max(1, ratePerSecond / 10);
    this.startedAt = nowMillis;
    this.filledAt = nowMillis;
  }

  /** Takes up to `wanted` whole tokens. */
  take(wanted: number, nowMillis: number): number {
    this.fill(nowMillis);
    const taken = Math.min(wanted, Math.floor(this.tokens));
    this.tokens -= taken;
    this.takenSoFar += taken;
    return taken;
  }

  /** Until the next whole token is there, in milliseconds. */
  waitFor(nowMillis: number): number {
    this.fill(nowMillis);
    return this.tokens >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.perMilli);
  }

  achievedRate(nowMillis: number): number {
    const elapsed = nowMillis - this.startedAt;
    return elapsed <= 0 ? 0 : (this.takenSoFar * 1_000) / elapsed;
  }

  /** How many tokens nobody took in time: the offered load was that much lower than asked for. */
  get overruns(): number {
    return Math.floor(this.lost);
  }

  private fill(nowMillis: number): void {
    const gained = Math.max(0, nowMillis - this.filledAt) * this.perMilli;
    this.filledAt = Math.max(this.filledAt, nowMillis);
    const tokens = this.tokens + gained;
    this.tokens = Math.min(tokens, this.capacity);
    this.lost += tokens - this.tokens;
  }
}
