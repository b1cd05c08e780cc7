export interface Timer {
  cancel(): void;
}

/** Time as the emulators see it, so that a test can drive deadlines without waiting for them. */
export interface Clock {
  /** Milliseconds since the epoch; fractions allowed. */
  now(): number;
  setTimer(milliseconds: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(milliseconds, callback) {
    const handle = setTimeout(callback, milliseconds);
    return { cancel: () => clearTimeout(handle) };
  },
};

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/** Stands still until the test moves it; `advance` runs what falls due, in the order of its time. */
export class DrivenClock implements Clock {
  #now: number;
  readonly #pending = new Set<Pending>();

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(milliseconds: number, callback: () => void): Timer {
    const entry = { at: this.#now + Math.max(0, milliseconds), callback };
    this.#pending.add(entry);
    return { cancel: () => this.#pending.delete(entry) };
  }

  get timers(): number {
    return this.#pending.size;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      let next: Pending | undefined;
      for (const entry of this.#pending) {
        if (entry.at <= end && (next === undefined || entry.at < next.at)) next = entry;
      }
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}

/**
 * The system's time, which a test may push forward: what then is due happens at once. So a process of its own can be
 * driven over its admin endpoint, where a DrivenClock would stand still for clients that do wait.
 */
export class SteppingClock implements Clock {
  readonly #base: Clock;
  readonly #pending = new Map<Pending, Timer>();
  #ahead = 0;

  constructor(base: Clock = systemClock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#ahead;
  }

  setTimer(milliseconds: number, callback: () => void): Timer {
    const entry: Pending = { at: this.now() + Math.max(0, milliseconds), callback };
    this.#arm(entry, milliseconds);
    return {
      cancel: () => {
        this.#pending.get(entry)?.cancel();
        this.#pending.delete(entry);
      },
    };
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
    const now = this.now();
    for (const [entry, timer] of [...this.#pending].sort(([a], [b]) => a.at - b.at)) {
      // One that ran before may have cancelled this one.
      if (!this.#pending.has(entry)) continue;
      timer.cancel();
      if (entry.at > now) this.#arm(entry, entry.at - now);
      else {
        this.#pending.delete(entry);
        entry.callback();
      }
    }
  }

  #arm(entry: Pending, milliseconds: number): void {
    const timer = this.#base.setTimer(milliseconds, () => {
      this.#pending.delete(entry);
      entry.callback();
    });
    this.#pending.set(entry, timer);
  }
}
