import { z } from 'zod';
import { orderStatuses, paymentTypes } from '../../contracts/index.ts';

const text = z.string().min(1);
const time = z.coerce.date();
const optionalTime = time.nullish();
const money = z.coerce.string().regex(/^\d+(\.\d+)?$/);
const count = z.number().int().nonnegative();

/** What the documentation of zod leads to: the shape of an order's event, with its times made dates. */
export const textbookEvent = z.object({
  event_id: text,
  event_type: text,
  schema_version: count.optional(),
  occurred_at: optionalTime,
  order: z.object({
    order_id: text,
    customer_id: text,
    order_status: z.enum(orderStatuses),
    order_purchase_timestamp: time,
    order_approved_at: optionalTime,
    order_delivered_carrier_date: optionalTime,
    order_delivered_customer_date: optionalTime,
    order_estimated_delivery_date: optionalTime,
    customer_unique_id: text,
    customer_zip_code_prefix: text,
    customer_city: text,
    customer_state: z.string().length(2),
    version: count.optional(),
  }),
  order_items: z
    .array(
      z.object({
        order_id: text,
        order_item_id: count,
        product_id: text,
        seller_id: text,
        shipping_limit_date: time,
        price: money,
        freight_value: money,
      }),
    )
    .default([]),
  order_payments: z
    .array(
      z.object({
        order_id: text,
        payment_sequential: count,
        payment_type: z.enum(paymentTypes),
        payment_installments: count,
        payment_value: money,
      }),
    )
    .default([]),
});

export type TextbookEvent = z.infer<typeof textbookEvent>;
