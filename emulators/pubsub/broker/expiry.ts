import type { Clock } from '../../frame/index.ts';
import { type Deadlines, Due } from './deadlines.ts';
import type { Subscription } from './subscription.ts';

/** The expiration policy: a subscription that nobody used for its time to live is deleted. */
export class Expiry {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #expire: (name: string) => void;
  readonly #watched = new Map<Subscription, Due>();

  constructor(clock: Clock, deadlines: Deadlines, expire: (name: string) => void) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#expire = expire;
  }

  watch(subscription: Subscription): void {
    this.forget(subscription);
    const { expiresAfterMs } = subscription.settings;
    if (expiresAfterMs === undefined) return;
    const item = new Watch((now) => {
      if (now - subscription.lastUsed >= expiresAfterMs) this.#expire(subscription.settings.name);
      else this.#deadlines.set(item, subscription.lastUsed + expiresAfterMs);
    });
    this.#watched.set(subscription, item);
    this.#deadlines.set(item, this.#clock.now() + expiresAfterMs);
  }

  forget(subscription: Subscription): void {
    const item = this.#watched.get(subscription);
    if (item !== undefined) this.#deadlines.cancel(item);
    this.#watched.delete(subscription);
  }
}

class Watch extends Due {
  readonly due: (now: number) => void;

  constructor(due: (now: number) => void) {
    super();
    this.due = due;
  }
}
