import type { Field, ValuesOf } from './column.ts';
import {
  amount,
  brazilianStates,
  choice,
  count,
  identifier,
  label,
  moment,
  optionalMoment,
  versionField,
  zipPrefix,
} from './field-kinds.ts';

export const orderStatuses = [
  'created',
  'approved',
  'invoiced',
  'processing',
  'shipped',
  'delivered',
  'unavailable',
  'canceled',
] as const;

export const paymentTypes = ['credit_card', 'boleto', 'voucher', 'debit_card', 'not_defined'] as const;

/** The order's own columns: those of olist_orders_dataset, and of the customer who placed it. */
export const orderColumns = [
  { name: 'order_id', ...identifier, fieldId: 1, description: 'The order.' },
  {
    name: 'customer_id',
    ...identifier,
    fieldId: 2,
    description: 'The customer as of this order: one per order, a person is customer_unique_id.',
  },
  {
    name: 'order_status',
    ...choice,
    accepted: orderStatuses,
    fieldId: 3,
    description: 'Where the order stands.',
  },
  {
    name: 'order_purchase_timestamp',
    ...moment,
    required: true,
    fieldId: 4,
    description: 'When the customer bought.',
  },
  { name: 'order_approved_at', ...optionalMoment, fieldId: 5, description: 'When the payment was approved.' },
  {
    name: 'order_delivered_carrier_date',
    ...optionalMoment,
    fieldId: 6,
    description: 'When the carrier took the parcel.',
  },
  {
    name: 'order_delivered_customer_date',
    ...optionalMoment,
    fieldId: 7,
    description: 'When the customer got the parcel.',
  },
  {
    name: 'order_estimated_delivery_date',
    ...optionalMoment,
    fieldId: 8,
    description: 'The delivery promised at purchase.',
  },
  {
    name: 'customer_unique_id',
    ...identifier,
    fieldId: 9,
    description: 'The person, over all their orders.',
  },
  {
    name: 'customer_zip_code_prefix',
    ...zipPrefix,
    fieldId: 10,
    description: "The first five digits of the customer's postal code, leading zeros kept.",
  },
  {
    name: 'customer_city',
    ...label,
    fieldId: 11,
    description: "The customer's city, as spelt by the source.",
  },
  {
    name: 'customer_state',
    ...choice,
    accepted: brazilianStates,
    fieldId: 12,
    description: "The customer's state.",
  },
] as const satisfies readonly Field[];

export const orderFields = [
  ...orderColumns,
  { ...versionField, fieldId: 14 },
] as const satisfies readonly Field[];

export const itemFields = [
  { name: 'order_id', ...identifier, fieldId: 1, description: 'The order this line belongs to.' },
  {
    name: 'order_item_id',
    ...count,
    minimum: 1,
    fieldId: 2,
    description: 'The number of the line within its order.',
  },
  { name: 'product_id', ...identifier, fieldId: 3, description: 'The product sold.' },
  { name: 'seller_id', ...identifier, fieldId: 4, description: 'Who sells it.' },
  {
    name: 'shipping_limit_date',
    ...moment,
    required: true,
    fieldId: 5,
    description: 'Until when the seller must hand it to the carrier.',
  },
  { name: 'price', ...amount, fieldId: 6, description: 'The price of this line, in BRL.' },
  { name: 'freight_value', ...amount, fieldId: 7, description: 'The freight of this line, in BRL.' },
] as const satisfies readonly Field[];

export const paymentFields = [
  { name: 'order_id', ...identifier, fieldId: 1, description: 'The order that is paid.' },
  {
    name: 'payment_sequential',
    ...count,
    minimum: 1,
    fieldId: 2,
    description: 'The number of the payment within its order; gaps occur.',
  },
  { name: 'payment_type', ...choice, accepted: paymentTypes, fieldId: 3, description: 'How it is paid.' },
  {
    name: 'payment_installments',
    ...count,
    minimum: 0,
    fieldId: 4,
    description: 'In how many instalments; 0 occurs in the source.',
  },
  { name: 'payment_value', ...amount, fieldId: 5, description: 'The amount of this payment, in BRL.' },
] as const satisfies readonly Field[];

export type Order = ValuesOf<typeof orderFields>;
export type OrderItem = ValuesOf<typeof itemFields>;
export type OrderPayment = ValuesOf<typeof paymentFields>;
