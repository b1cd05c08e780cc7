import { type EventOf, moneyText, type Outcome } from '../../contracts/index.ts';

const shownCategories = 5;

/** What a file of messages holds, counted as it goes by. */
export class Summary {
  messages = 0;
  private readonly outcomes = new Map<string, number>();
  private readonly events = new Map<string, number>();
  private readonly corrections = new Map<string, number>();
  private readonly deaths = new Map<string, number>();
  /** Of products whose category is known; the shop tells of a product before it is sold. */
  private readonly categoryOf = new Map<string, string>();
  private readonly centsByCategory = new Map<string, number>();
  /** A copy of an order is no second one. */
  private readonly orders = new Set<string>();
  private cents = 0;

  add(outcome: Outcome): void {
    this.messages++;
    count(this.outcomes, outcome.kind);
    if (outcome.kind === 'dead') {
      count(this.deaths, outcome.death.reason);
      return;
    }
    if (outcome.kind === 'corrected')
      for (const kind of new Set(outcome.corrections.map((one) => one.kind))) count(this.corrections, kind);
    const { event } = outcome;
    count(this.events, event.eventType);
    if (event.eventType === 'order.placed') this.addOrder(event);
    if (event.eventType === 'product.changed') {
      const { product_id: id, product_category_name: category } = event.product;
      if (category !== null) this.categoryOf.set(id, category);
    }
  }

  private addOrder({ order, items }: EventOf<'order.placed'>): void {
    if (this.orders.has(order.order_id)) return;
    this.orders.add(order.order_id);
    for (const { product_id: product, price } of items) {
      this.cents += price;
      count(this.centsByCategory, this.categoryOf.get(product) ?? 'no known category', price);
    }
  }

  get dead(): number {
    return this.outcomes.get('dead') ?? 0;
  }

  /** Is nothing of it even JSON? Then it is likely no file of lines. */
  get isNoJson(): boolean {
    return this.messages > 0 && this.deaths.get('invalid_json') === this.messages;
  }

  lines(seconds: number): string[] {
    const perSecond = Math.round(this.messages / Math.max(seconds, 0.001));
    const placed = this.events.get('order.placed') ?? 0;
    const copies = placed - this.orders.size;
    return [
      `${this.messages} messages, ${perSecond} a second: ${listed(this.outcomes)}`,
      `events: ${listed(this.events)}`,
      `orders placed: ${this.orders.size}${copies > 0 ? ` and ${copies} copies` : ''}`,
      `revenue: ${moneyText(this.cents)} BRL without freight`,
      `categories: ${this.categories()}`,
      `corrected: ${listed(this.corrections)}`,
      `dead: ${listed(this.deaths)}`,
    ];
  }

  private categories(): string {
    const most = [...this.centsByCategory].sort(([, a], [, b]) => b - a).slice(0, shownCategories);
    const revenues = most.map(([name, cents]) => `${name} ${moneyText(cents)}`).join(', ');
    const known = new Set(this.categoryOf.values()).size;
    return revenues === '' ? String(known) : `${known}; most revenue: ${revenues}`;
  }
}

function count(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return most.map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
}
