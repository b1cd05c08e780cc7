// Written by `orderlake contract generate` from the tables of the contract; not to be edited.
import type { Carried } from '../carried.ts';
import type { Click } from '../click-fields.ts';
import type { Customer, Product, Seller } from '../dimension-fields.ts';
import type { Order, OrderItem, OrderPayment } from '../order-fields.ts';
import type { Row } from '../tables.ts';

export function orderRow(part: Order, carried: Carried): Row<'orders'> {
  return {
    order_id: part.order_id,
    customer_id: part.customer_id,
    order_status: part.order_status,
    order_purchase_timestamp: part.order_purchase_timestamp,
    order_approved_at: part.order_approved_at,
    order_delivered_carrier_date: part.order_delivered_carrier_date,
    order_delivered_customer_date: part.order_delivered_customer_date,
    order_estimated_delivery_date: part.order_estimated_delivery_date,
    customer_unique_id: part.customer_unique_id,
    customer_zip_code_prefix: part.customer_zip_code_prefix,
    customer_city: part.customer_city,
    customer_state: part.customer_state,
    event_id: carried.event_id,
    version: part.version,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}

export function itemRow(part: OrderItem, carried: Carried): Row<'order_items'> {
  return {
    order_id: part.order_id,
    order_item_id: part.order_item_id,
    product_id: part.product_id,
    seller_id: part.seller_id,
    shipping_limit_date: part.shipping_limit_date,
    price: part.price,
    freight_value: part.freight_value,
    event_id: carried.event_id,
    version: carried.version,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}

export function paymentRow(part: OrderPayment, carried: Carried): Row<'order_payments'> {
  return {
    order_id: part.order_id,
    payment_sequential: part.payment_sequential,
    payment_type: part.payment_type,
    payment_installments: part.payment_installments,
    payment_value: part.payment_value,
    event_id: carried.event_id,
    version: carried.version,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}

export function customerRow(part: Customer, carried: Carried): Row<'customers'> {
  return {
    customer_unique_id: part.customer_unique_id,
    customer_id: part.customer_id,
    customer_zip_code_prefix: part.customer_zip_code_prefix,
    customer_city: part.customer_city,
    customer_state: part.customer_state,
    event_id: carried.event_id,
    version: part.version,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}

export function productRow(part: Product, carried: Carried): Row<'products'> {
  return {
    product_id: part.product_id,
    product_category_name: part.product_category_name,
    product_name_lenght: part.product_name_lenght,
    product_description_lenght: part.product_description_lenght,
    product_photos_qty: part.product_photos_qty,
    product_weight_g: part.product_weight_g,
    product_length_cm: part.product_length_cm,
    product_height_cm: part.product_height_cm,
    product_width_cm: part.product_width_cm,
    event_id: carried.event_id,
    version: part.version,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}

export function sellerRow(part: Seller, carried: Carried): Row<'sellers'> {
  return {
    seller_id: part.seller_id,
    seller_zip_code_prefix: part.seller_zip_code_prefix,
    seller_city: part.seller_city,
    seller_state: part.seller_state,
    event_id: carried.event_id,
    version: part.version,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}

export function clickRow(part: Click, carried: Carried): Row<'clickstream'> {
  return {
    event_time: part.event_time,
    event_type: part.event_type,
    product_id: part.product_id,
    category_id: part.category_id,
    category_code: part.category_code,
    brand: part.brand,
    price: part.price,
    user_id: part.user_id,
    user_session: part.user_session,
    order_id: part.order_id,
    event_id: carried.event_id,
    occurred_at: carried.occurred_at,
    content_hash: carried.content_hash,
    corrections: carried.corrections,
    additional_fields: carried.additional_fields,
  };
}
