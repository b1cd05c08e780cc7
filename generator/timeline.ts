import { Agenda } from './agenda.ts';
import { Catalogue, productsPerDay } from './catalogue.ts';
import { Customers, founders } from './customers.ts';
import type { Happening, Kind } from './happening.ts';
import type { Shop } from './shop.ts';
import type { Teller } from './teller.ts';
import { longestLead, Visits } from './visits.ts';

/** Which of the shop's doings are told. */
export const streams = ['orders', 'status', 'dimensions', 'clicks'] as const;
export type Stream = (typeof streams)[number];

export interface TimelineOptions {
  readonly streams: readonly Stream[];
  readonly first: number;
  readonly orders: number;
  /** What happens before this moment cannot be sent in the window, be it delayed as long as anything ever is. */
  readonly quietUntil: number;
  /** Of the people, those whose visits are told. */
  readonly clickShare: number;
}

const minute = 60_000_000;

/**
 * Everything that happens, in the order of time. Two hands walk over the orders: one places them, the other is
 * three hours ahead and puts on the agenda what comes before an order (a visit, somebody who signs up, new
 * products). An order's changes are put on the agenda one at a time, so it never holds more than one happening
 * per order under way: memory depends on how busy the shop is, not on how long it runs.
 */
export class Timeline {
  private readonly shop: Shop;
  private readonly teller: Teller;
  private readonly wanted: ReadonlySet<Stream>;
  private readonly agenda = new Agenda();
  private readonly visits: Visits;
  private readonly quietUntil: number;
  private readonly end: number;
  private placing: number;
  private ahead: number;
  private placingAt: number;
  private aheadAt: number;

  constructor(shop: Shop, teller: Teller, options: TimelineOptions) {
    const { streams: wanted, first, orders, quietUntil, clickShare } = options;
    this.shop = shop;
    this.teller = teller;
    this.wanted = new Set(wanted);
    this.visits = new Visits(shop, clickShare);
    this.quietUntil = quietUntil;
    this.end = first + orders;
    this.placing = first;
    this.ahead = first;
    this.placingAt = this.purchaseOf(first);
    const looksAhead = this.wanted.has('dimensions') || this.wanted.has('clicks');
    this.aheadAt = looksAhead ? this.placingAt : Number.POSITIVE_INFINITY;
    if (this.wanted.has('dimensions') && first === 0) this.open();
  }

  /** The next happening; undefined at the end. */
  next(): Happening | undefined {
    const { agenda } = this;
    for (;;) {
      const at = Math.min(this.placingAt, agenda.next?.at ?? Number.POSITIVE_INFINITY);
      while (this.aheadAt < Number.POSITIVE_INFINITY && this.aheadAt - longestLead <= at) this.lookAhead();
      const planned = agenda.next;
      // What leads to an order comes before it even within its second.
      if (planned !== undefined && planned.at <= this.placingAt) return this.followed(agenda.take());
      if (this.placingAt === Number.POSITIVE_INFINITY) return undefined;
      const placing = this.place();
      if (this.isPast(placing)) continue;
      const placed = this.followed(placing);
      if (this.wanted.has('orders')) return placed;
    }
  }

  private place(): Happening {
    const number = this.placing++;
    const at = this.placingAt;
    this.placingAt = this.purchaseOf(this.placing);
    return { at, kind: 'placed', number, version: 1, sending: 'first' };
  }

  /**
   * An order whose placing cannot reach into the window is left out. Of its changes only those are followed that
   * can: the last one before that time is among them, for one out of order comes after the next.
   */
  private isPast({ at, number }: Happening): boolean {
    if (at >= this.quietUntil) return false;
    const steps = this.teller.life(number);
    const next = steps.findIndex((step) => step.at >= this.quietUntil);
    const before = steps[next - 1];
    if (before !== undefined && this.wanted.has('status')) this.plan('status', number, before.at, next + 1);
    return next !== 0;
  }

  /** To be sent at another time: a copy, or what comes late. */
  add(happening: Happening): void {
    this.agenda.add(happening);
  }

  private purchaseOf(number: number): number {
    return number < this.end ? this.shop.purchaseOf(number) : Number.POSITIVE_INFINITY;
  }

  /** Puts the next change of the order on the agenda. */
  private followed(happening: Happening | undefined): Happening | undefined {
    if (happening === undefined || happening.sending !== 'first' || !this.wanted.has('status'))
      return happening;
    if (happening.kind !== 'placed' && happening.kind !== 'status') return happening;
    const { number, version } = happening;
    const step = this.teller.life(number)[version - 1];
    if (step !== undefined) this.plan('status', number, step.at, version + 1);
    return happening;
  }

  private lookAhead(): void {
    const number = this.ahead++;
    const at = this.aheadAt;
    this.aheadAt = this.purchaseOf(this.ahead);
    const today = this.shop.calendar.dayOfOrder(number);
    if (this.wanted.has('clicks') && at >= this.quietUntil - longestLead) {
      const clicks = this.visits.around(this.shop.order(number), today);
      for (const [index, click] of clicks.entries())
        this.add({
          at: click.event_time,
          kind: 'click',
          number,
          version: index + 1,
          sending: 'first',
          click,
        });
    }
    if (!this.wanted.has('dimensions')) return;
    if (Customers.isFirst(number))
      this.plan('customer', Customers.signedUp(number), at - (1 + (number % 20)) * minute);
    const mover = Customers.moverBefore(number);
    if (mover !== undefined) this.plan('customer', mover, at - minute, 2);
    if (number === today.firstOrder && today.index > 0) this.restock(today.index, today.midnight);
  }

  /** The catalogue and the first customers, at the first midnight. */
  private open(): void {
    const { midnight } = this.shop.calendar.day(0);
    for (let seller = 0; seller < Catalogue.sellersAt(0); seller++) this.plan('seller', seller, midnight);
    for (let product = 0; product < Catalogue.size(0); product++) this.plan('product', product, midnight);
    for (let person = 0; person < founders; person++) this.plan('customer', person, midnight);
  }

  private restock(day: number, midnight: number): void {
    for (let seller = Catalogue.sellersAt(day - 1); seller < Catalogue.sellersAt(day); seller++)
      this.plan('seller', seller, midnight);
    for (let i = 0; i < productsPerDay; i++)
      this.plan('product', Catalogue.size(day - 1) + i, midnight + (i + 1) * 10 * minute);
  }

  private plan(kind: Kind, number: number, at: number, version = 1): void {
    this.add({ at, kind, number, version, sending: 'first' });
  }
}
