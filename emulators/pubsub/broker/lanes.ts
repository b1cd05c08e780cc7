import type { Consumer, Delivery } from './delivery.ts';
import { Lane } from './lane.ts';

type DeliveryLane = Lane<Delivery, Consumer>;

/**
 * Delivery in the order of publishing, key by key. An ack counts for good only when everything before it under its key
 * is acknowledged: when an earlier message is given back, all later ones are delivered again behind it, also those that
 * were acknowledged meanwhile. A key's messages go to one consumer as long as it has any of them.
 */
export class Lanes {
  readonly #lanes = new Map<string, DeliveryLane>();
  /** Lanes with something to deliver: to anybody, or only to the consumer that holds them. */
  readonly #free = new Set<DeliveryLane>();
  readonly #bound = new Map<Consumer, Set<DeliveryLane>>();
  #undelivered = 0;
  #ackedEarly = 0;

  /** Entries that were never delivered. */
  get undelivered(): number {
    return this.#undelivered;
  }

  /** Entries whose ack waits for an earlier one. */
  get ackedEarly(): number {
    return this.#ackedEarly;
  }

  get isReady(): boolean {
    return this.#free.size > 0 || this.#bound.size > 0;
  }

  add(key: string, delivery: Delivery): void {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane<Delivery, Consumer>(key);
      this.#lanes.set(key, lane);
    }
    delivery.lane = lane;
    lane.push(delivery);
    if (delivery.attempt === 0) this.#undelivered += 1;
    this.#place(lane);
  }

  next(consumer: Consumer): Delivery | undefined {
    const lane = firstOf(this.#bound.get(consumer)) ?? firstOf(this.#free);
    const delivery = lane?.at(lane.next);
    if (lane === undefined || delivery === undefined) return undefined;
    this.#unplace(lane);
    lane.next += 1;
    lane.holder = consumer;
    lane.leased += 1;
    if (delivery.attempt === 0) this.#undelivered -= 1;
    this.#place(lane);
    return delivery;
  }

  /** The lease of one entry ended without an ack. */
  released({ lane }: Delivery): void {
    if (lane === undefined) return;
    this.#unplace(lane);
    lane.leased -= 1;
    if (lane.leased === 0) lane.holder = undefined;
    this.#place(lane);
  }

  isFirst(delivery: Delivery): boolean {
    return delivery.lane?.first === delivery;
  }

  /** Marks an entry acknowledged; returns all that are settled for good by it, in order. */
  acked(delivery: Delivery): Delivery[] {
    const { lane } = delivery;
    if (lane === undefined) return [];
    this.#unplace(lane);
    delivery.acked = true;
    this.#ackedEarly += 1;
    const settled: Delivery[] = [];
    for (let first = lane.first; first?.acked === true; first = lane.first) {
      lane.dropFirst();
      this.#ackedEarly -= 1;
      lane.next = Math.max(lane.next, first.place + 1);
      settled.push(first);
    }
    if (lane.isEmpty) this.#lanes.delete(lane.key);
    else this.#place(lane);
    return settled;
  }

  /** From this entry on everything is delivered again; returns those whose leases or back-offs end by that. */
  rewind(delivery: Delivery): Delivery[] {
    const { lane } = delivery;
    if (lane === undefined) return [];
    this.#unplace(lane);
    const busy: Delivery[] = [];
    for (const later of lane.from(delivery.place)) {
      if (later.place >= lane.next) break;
      if (later.acked) this.#ackedEarly -= 1;
      later.acked = false;
      if (later.holder !== undefined || later.slot !== undefined) busy.push(later);
    }
    lane.next = Math.min(lane.next, delivery.place);
    this.#place(lane);
    return busy;
  }

  rest({ lane }: Delivery, resting: boolean): void {
    if (lane === undefined) return;
    this.#unplace(lane);
    lane.resting = resting;
    this.#place(lane);
  }

  /** What was never delivered, key by key. */
  *waiting(): Iterable<Delivery> {
    for (const lane of this.#lanes.values()) {
      for (const delivery of lane.entries()) if (delivery.attempt === 0) yield delivery;
    }
  }

  clear(): void {
    this.#lanes.clear();
    this.#free.clear();
    this.#bound.clear();
    this.#undelivered = 0;
    this.#ackedEarly = 0;
  }

  #place(lane: DeliveryLane): void {
    if (lane.next >= lane.end || lane.resting) return;
    if (lane.holder === undefined) {
      this.#free.add(lane);
      return;
    }
    const bound = this.#bound.get(lane.holder);
    if (bound === undefined) this.#bound.set(lane.holder, new Set([lane]));
    else bound.add(lane);
  }

  #unplace(lane: DeliveryLane): void {
    this.#free.delete(lane);
    if (lane.holder === undefined) return;
    const bound = this.#bound.get(lane.holder);
    bound?.delete(lane);
    if (bound?.size === 0) this.#bound.delete(lane.holder);
  }
}

function firstOf<T>(set: ReadonlySet<T> | undefined): T | undefined {
  if (set !== undefined) for (const item of set) return item;
  return undefined;
}
