import type { Instant, Money, Order, OrderItem, OrderPayment } from '../contracts/index.ts';
import type { Draft } from './draft.ts';
import type { Status, Step } from './life.ts';
import { idText } from './random.ts';

/** Where an order stands after some of its changes. */
export interface OrderState {
  readonly version: number;
  readonly occurredAt: number;
  readonly status: Status;
  readonly approved: number | null;
  readonly carrier: number | null;
  readonly delivered: number | null;
}

/** Version 1 is the order as it was placed; each step of its life adds one. */
export function stateOf(draft: Draft, steps: readonly Step[], version: number): OrderState {
  let status: Status = 'created';
  let occurredAt = draft.placedAt;
  let approved: number | null = null;
  let carrier: number | null = null;
  let delivered: number | null = null;
  for (let i = 0; i < version - 1; i++) {
    const step = steps[i];
    if (step === undefined) break;
    status = step.status;
    occurredAt = step.at;
    if (status === 'approved') approved = step.at;
    else if (status === 'shipped') carrier = step.at;
    else if (status === 'delivered') delivered = step.at;
  }
  return { version, occurredAt, status, approved, carrier, delivered };
}

/** The order in the contract's own values. */
export function orderOf(draft: Draft, state: OrderState): Order {
  const { customer } = draft;
  return {
    order_id: idText(draft.id),
    customer_id: idText(draft.customerId),
    order_status: state.status,
    order_purchase_timestamp: draft.purchase as Instant,
    order_approved_at: state.approved as Instant | null,
    order_delivered_carrier_date: state.carrier as Instant | null,
    order_delivered_customer_date: state.delivered as Instant | null,
    order_estimated_delivery_date: draft.estimated as Instant,
    customer_unique_id: idText(customer.id),
    customer_zip_code_prefix: customer.place.zipPrefix,
    customer_city: customer.place.city,
    customer_state: customer.place.state,
    version: state.version,
  };
}

export function itemsOf(draft: Draft): OrderItem[] {
  const order_id = idText(draft.id);
  return draft.lines.map(({ product, price, freight }, index) => ({
    order_id,
    order_item_id: index + 1,
    product_id: product.id,
    seller_id: product.seller.id,
    shipping_limit_date: draft.shippingLimit as Instant,
    price: price as Money,
    freight_value: freight as Money,
  }));
}

export function paymentsOf(draft: Draft): OrderPayment[] {
  const order_id = idText(draft.id);
  return draft.parts.map(({ type, instalments, value }, index) => ({
    order_id,
    payment_sequential: index + 1,
    payment_type: type,
    payment_installments: instalments,
    payment_value: value as Money,
  }));
}
