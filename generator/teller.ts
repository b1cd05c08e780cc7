import type { Content, Instant } from '../contracts/index.ts';
import { categories } from './categories.ts';
import type { Draft } from './draft.ts';
import type { Happening } from './happening.ts';
import { Lives, type Step } from './life.ts';
import { OrderBytes } from './order-bytes.ts';
import { itemsOf, orderOf, paymentsOf, stateOf } from './order-state.ts';
import { idText } from './random.ts';
import type { Shop } from './shop.ts';
import { bytesOf, type Told, wireOf } from './wire.ts';

/** Makes events of what happens: as bytes, or as the contract's values for the ledger and for defects. */
export class Teller {
  private readonly shop: Shop;
  private readonly lives: Lives;
  private readonly writer = new OrderBytes();
  /** The order that was drawn last: what follows an order nearly always asks for it again. */
  private latest: { readonly draft: Draft; steps: readonly Step[] | undefined } | undefined;

  constructor(shop: Shop) {
    this.shop = shop;
    this.lives = new Lives(shop.seed);
  }

  order(number: number): Draft {
    if (this.latest?.draft.number !== number)
      this.latest = { draft: this.shop.order(number), steps: undefined };
    return this.latest.draft;
  }

  /** The changes of an order, the first of which makes version 2. */
  life(number: number): readonly Step[] {
    const draft = this.order(number);
    const { latest } = this;
    const steps = latest?.steps ?? this.lives.of(draft, this.shop.calendar.dayOfOrder(number));
    if (latest !== undefined) latest.steps = steps;
    return steps;
  }

  bytes(happening: Happening): Uint8Array {
    const { kind, number, version } = happening;
    if (kind === 'placed') {
      const draft = this.order(number);
      return this.writer.placed(draft, stateOf(draft, [], 1));
    }
    if (kind !== 'status') return bytesOf(wireOf(this.tell(happening)));
    const draft = this.order(number);
    return this.writer.changed(draft, stateOf(draft, this.life(number), version));
  }

  tell(happening: Happening): Told {
    const { kind, number, version } = happening;
    if (kind === 'placed' || kind === 'status') return this.tellOrder(number, version);
    if (kind === 'click') return clickTold(happening);
    const content = kind === 'customer' ? this.customer(number, version) : this.goods(kind, number);
    return {
      eventId: `${content.id}-v${version}`,
      occurredAt: (happening.happenedAt ?? happening.at) as Instant,
      content: content.content,
    };
  }

  private tellOrder(number: number, version: number): Told {
    const draft = this.order(number);
    const state = stateOf(draft, version === 1 ? [] : this.life(number), version);
    const order = orderOf(draft, state);
    return {
      eventId: `${order.order_id}-v${version}`,
      occurredAt: state.occurredAt as Instant,
      content:
        version === 1
          ? { eventType: 'order.placed', order, items: itemsOf(draft), payments: paymentsOf(draft) }
          : { eventType: 'order.status_changed', order },
    };
  }

  private customer(index: number, version: number): { id: string; content: Content } {
    const { id, place } = this.shop.customers.person(index, version);
    const customer = {
      customer_unique_id: idText(id),
      customer_id: null,
      customer_zip_code_prefix: place.zipPrefix,
      customer_city: place.city,
      customer_state: place.state,
      version,
    };
    return { id: customer.customer_unique_id, content: { eventType: 'customer.changed', customer } };
  }

  private goods(kind: 'product' | 'seller', index: number): { id: string; content: Content } {
    const { catalogue } = this.shop;
    if (kind === 'seller') {
      const { id, zipPrefix, city, state } = catalogue.seller(index);
      const seller = {
        seller_id: id,
        seller_zip_code_prefix: zipPrefix,
        seller_city: city,
        seller_state: state,
      };
      return { id, content: { eventType: 'seller.changed', seller: { ...seller, version: 1 } } };
    }
    const { id, category, grams, photos, nameLength, centimetres } = catalogue.product(index);
    const [length, height, width] = centimetres;
    const product = {
      product_id: id,
      product_category_name: categories[category]?.name ?? null,
      product_name_lenght: nameLength,
      product_description_lenght: nameLength * 16,
      product_photos_qty: photos,
      product_weight_g: grams,
      product_length_cm: length,
      product_height_cm: height,
      product_width_cm: width,
      version: 1,
    };
    return { id, content: { eventType: 'product.changed', product } };
  }
}

function clickTold({ click, version }: Happening): Told {
  // A click that nobody planned cannot be told; the timeline makes none.
  if (click === undefined) throw new TypeError('a click without its content');
  return {
    eventId: `${click.user_session}-${version}`,
    occurredAt: click.event_time,
    content: { eventType: 'clickstream', click },
  };
}
