import type { Outcome } from '../../contracts/index.ts';

/** What a file of messages holds, counted as it goes by. */
export class Summary {
  messages = 0;
  private readonly outcomes = new Map<string, number>();
  private readonly events = new Map<string, number>();
  private readonly corrections = new Map<string, number>();
  private readonly deaths = new Map<string, number>();
  private readonly categories = new Set<string>();
  private orders = 0;
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
    if (event.eventType === 'order.placed') {
      this.orders++;
      for (const item of event.items) this.cents += item.price;
    }
    if (event.eventType === 'product.changed') {
      const { product_category_name: category } = event.product;
      if (category !== null) this.categories.add(category);
    }
  }

  get dead(): number {
    return this.outcomes.get('dead') ?? 0;
  }

  lines(seconds: number): string[] {
    const perSecond = Math.round(this.messages / Math.max(seconds, 0.001));
    return [
      `${this.messages} messages, ${perSecond} a second: ${listed(this.outcomes)}`,
      `events: ${listed(this.events)}`,
      `orders placed: ${this.orders}, of ${(this.cents / 100).toFixed(2)} BRL without freight`,
      `product categories: ${this.categories.size}`,
      `corrected: ${listed(this.corrections)}`,
      `dead: ${listed(this.deaths)}`,
    ];
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return most.map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
}
