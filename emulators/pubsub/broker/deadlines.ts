import type { Clock, Timer } from '../../frame/index.ts';

/** Something that falls due. `slot` belongs to Deadlines. */
export interface Due {
  slot: Set<Due> | undefined;
  due(now: number): void;
}

const tickMs = 50;
// setTimeout takes no more than 2^31 - 1 ms.
const longestWait = 2 ** 31 - 1;

/**
 * The deadlines of all leases, in one timer. They are kept in sets by the tick in which they fall due (late by up to a
 * tick, never early): at 30,000 messages a second a timer or a heap step for each would be what the emulator mostly
 * does, and an acknowledged message must not be held until its deadline has passed.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Set<Due>>();
  #armed: { tick: number; timer: Timer } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(item: Due, at: number): void {
    this.cancel(item);
    const tick = Math.ceil(at / tickMs);
    let slot = this.#slots.get(tick);
    if (slot === undefined) {
      slot = new Set();
      this.#slots.set(tick, slot);
      this.#armBy(tick);
    }
    slot.add(item);
    item.slot = slot;
  }

  cancel(item: Due): void {
    item.slot?.delete(item);
    item.slot = undefined;
  }

  stop(): void {
    this.#armed?.timer.cancel();
    this.#armed = undefined;
    this.#slots.clear();
  }

  #armBy(tick: number): void {
    if (this.#armed !== undefined && this.#armed.tick <= tick) return;
    this.#armed?.timer.cancel();
    const wait = Math.min(longestWait, Math.max(0, tick * tickMs - this.#clock.now()));
    this.#armed = { tick, timer: this.#clock.setTimer(wait, () => this.#fire()) };
  }

  #fire(): void {
    this.#armed = undefined;
    const now = this.#clock.now();
    const ticks = [...this.#slots.keys()].filter((tick) => tick * tickMs <= now).sort((a, b) => a - b);
    for (const tick of ticks) {
      const slot = this.#slots.get(tick) ?? new Set();
      this.#slots.delete(tick);
      for (const item of slot) {
        item.slot = undefined;
        item.due(now);
      }
    }
    // Emptied slots are passed over here instead of being looked for at every acknowledgement.
    let next = Number.POSITIVE_INFINITY;
    for (const [tick, slot] of this.#slots) {
      if (slot.size === 0) this.#slots.delete(tick);
      else if (tick < next) next = tick;
    }
    if (next !== Number.POSITIVE_INFINITY) this.#armBy(next);
  }
}
