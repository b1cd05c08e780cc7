import type { Clock, Timer } from '../../frame/index.ts';

/** Something that falls due. Its fields belong to Deadlines, in whose lists it is a link itself. */
export abstract class Due {
  slot: Slot | undefined = undefined;
  before: Due | undefined = undefined;
  after: Due | undefined = undefined;
  abstract due(now: number): void;
}

/** What falls due in one tick, in the order it was set. */
class Slot {
  first: Due | undefined = undefined;
  #last: Due | undefined = undefined;

  add(item: Due): void {
    item.slot = this;
    item.before = this.#last;
    if (this.#last === undefined) this.first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  remove(item: Due): void {
    const { before, after } = item;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    item.slot = undefined;
    item.before = undefined;
    item.after = undefined;
  }
}

const tickMs = 50;
// setTimeout takes no more than 2^31 - 1 ms.
const longestWait = 2 ** 31 - 1;

/**
 * The deadlines of all leases, in one timer. They are kept in lists by the tick in which they fall due (late by up to a
 * tick, never early): at 30,000 messages a second a timer or a heap step for each would be what the emulator mostly
 * does, and an acknowledged message must not be held until its deadline has passed. The items are the links of the
 * lists: the entries of a Set would be as much garbage again as the messages' own objects.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** Ticks are counted from the start: they stay small numbers, which maps find without making objects of them. */
  readonly #start: number;
  readonly #slots = new Map<number, Slot>();
  /** The one that was set last: a batch falls due as one. */
  #latest: { readonly tick: number; readonly slot: Slot } | undefined;
  #armed: { tick: number; timer: Timer } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.now();
  }

  set(item: Due, at: number): void {
    this.cancel(item);
    const tick = Math.ceil((at - this.#start) / tickMs);
    if (this.#latest?.tick !== tick) this.#latest = { tick, slot: this.#slotOf(tick) };
    this.#latest.slot.add(item);
  }

  cancel(item: Due): void {
    item.slot?.remove(item);
  }

  stop(): void {
    this.#armed?.timer.cancel();
    this.#armed = undefined;
    this.#slots.clear();
    this.#latest = undefined;
  }

  #slotOf(tick: number): Slot {
    const known = this.#slots.get(tick);
    if (known !== undefined) return known;
    const slot = new Slot();
    this.#slots.set(tick, slot);
    this.#armBy(tick);
    return slot;
  }

  #armBy(tick: number): void {
    if (this.#armed !== undefined && this.#armed.tick <= tick) return;
    this.#armed?.timer.cancel();
    const wait = Math.min(longestWait, Math.max(0, this.#start + tick * tickMs - this.#clock.now()));
    this.#armed = { tick, timer: this.#clock.setTimer(wait, () => this.#fire()) };
  }

  #fire(): void {
    this.#armed = undefined;
    const now = this.#clock.now();
    const ticks = [...this.#slots.keys()]
      .filter((tick) => this.#start + tick * tickMs <= now)
      .sort((a, b) => a - b);
    for (const tick of ticks) {
      const slot = this.#slots.get(tick);
      this.#slots.delete(tick);
      // What falls due may set others, but never into a list that nobody will look at again.
      this.#latest = undefined;
      for (let item = slot?.first; item !== undefined; item = slot?.first) {
        slot?.remove(item);
        item.due(now);
      }
    }
    // Emptied slots are passed over here instead of being looked for at every acknowledgement.
    this.#latest = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const [tick, slot] of this.#slots) {
      if (slot.first === undefined) this.#slots.delete(tick);
      else if (tick < next) next = tick;
    }
    if (next !== Number.POSITIVE_INFINITY) this.#armBy(next);
  }
}
