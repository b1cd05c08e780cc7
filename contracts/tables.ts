import { clickFields } from './click-fields.ts';
import type { Column, ValuesOf } from './column.ts';
import { customerColumns, productColumns, sellerColumns } from './dimension-fields.ts';
import { versionField } from './field-kinds.ts';
import { itemFields, orderColumns, paymentFields } from './order-fields.ts';
import { deadReasons } from './outcome.ts';

export interface Table {
  readonly name: TableName;
  readonly description: string;
  readonly kind: 'upsert' | 'append';
  /** For an append table: what makes two rows copies of one another. */
  readonly key: readonly string[];
  readonly columns: readonly Column[];
  /** An instant column; one partition per day. */
  readonly partitionBy?: string;
  readonly clusterBy?: readonly string[];
}

const text = { type: 'string', required: true } as const;
const instant = { type: 'instant', required: true } as const;
const eventId = { name: 'event_id', ...text, description: 'The event this row comes from.' } as const;
const occurredAt = {
  name: 'occurred_at',
  ...instant,
  description: 'When it happened, by the clock of the producer.',
} as const;
const contentHash = {
  name: 'content_hash',
  ...text,
  description: 'Hash of the content after correction, 16 hex digits; the last tie-break between versions.',
} as const;
const corrections = {
  name: 'corrections',
  type: 'json',
  required: false,
  description: 'What was put right on the way in, as [{"path","kind"}], the first 50; null when nothing was.',
} as const;
const additionalFields = {
  name: 'additional_fields',
  type: 'json',
  required: false,
  description:
    'What the message said that this contract does not know, by name; null when it said nothing more.',
} as const;
const attributes = {
  name: 'attributes',
  type: 'json',
  required: true,
  description: 'The attributes of the message.',
} as const;
const messageId = { name: 'message_id', ...text, description: 'The message, as named by Pub/Sub.' } as const;
const publishedAt = {
  name: 'published_at',
  ...instant,
  description: 'When Pub/Sub took the message.',
} as const;
const receivedAt = {
  name: 'received_at',
  ...instant,
  description: 'When the worker got the message.',
} as const;

/** What every row that a key is upserted by carries of its event: by these the current row is found in any store. */
const carriedFrom = (fieldId: number) =>
  [
    { ...eventId, fieldId },
    { ...versionField, fieldId: fieldId + 1 },
    { ...occurredAt, fieldId: fieldId + 2 },
    { ...contentHash, fieldId: fieldId + 3 },
    { ...corrections, fieldId: fieldId + 4 },
    { ...additionalFields, fieldId: fieldId + 5 },
  ] as const;

export const tables = {
  orders: {
    name: 'orders',
    description: 'One row per order: its state after the latest change.',
    kind: 'upsert',
    key: ['order_id'],
    partitionBy: 'order_purchase_timestamp',
    clusterBy: ['order_id'],
    columns: [...orderColumns, ...carriedFrom(13)],
  },
  order_items: {
    name: 'order_items',
    description: 'One row per line of an order.',
    kind: 'upsert',
    key: ['order_id', 'order_item_id'],
    partitionBy: 'occurred_at',
    clusterBy: ['order_id', 'order_item_id'],
    columns: [...itemFields, ...carriedFrom(8)],
  },
  order_payments: {
    name: 'order_payments',
    description: 'One row per payment of an order.',
    kind: 'upsert',
    key: ['order_id', 'payment_sequential'],
    partitionBy: 'occurred_at',
    clusterBy: ['order_id', 'payment_sequential'],
    columns: [...paymentFields, ...carriedFrom(6)],
  },
  customers: {
    name: 'customers',
    description: 'One row per person: where they live after the latest change.',
    kind: 'upsert',
    key: ['customer_unique_id'],
    partitionBy: 'occurred_at',
    clusterBy: ['customer_unique_id'],
    columns: [...customerColumns, ...carriedFrom(6)],
  },
  products: {
    name: 'products',
    description: 'One row per product, as it was described last.',
    kind: 'upsert',
    key: ['product_id'],
    partitionBy: 'occurred_at',
    clusterBy: ['product_id'],
    columns: [...productColumns, ...carriedFrom(10)],
  },
  sellers: {
    name: 'sellers',
    description: 'One row per seller: where they are after the latest change.',
    kind: 'upsert',
    key: ['seller_id'],
    partitionBy: 'occurred_at',
    clusterBy: ['seller_id'],
    columns: [...sellerColumns, ...carriedFrom(5)],
  },
  clickstream: {
    name: 'clickstream',
    description: 'What people did in the shop, one row per click.',
    kind: 'append',
    key: ['event_id'],
    partitionBy: 'event_time',
    clusterBy: ['event_type', 'user_id'],
    columns: [
      ...clickFields,
      { ...eventId, fieldId: 11 },
      { ...occurredAt, fieldId: 12 },
      { ...contentHash, fieldId: 13 },
      { ...corrections, fieldId: 14 },
      { ...additionalFields, fieldId: 15 },
    ],
  },
  order_events: {
    name: 'order_events',
    description: 'Every accepted event as it came, for replay; copies of one event share its partition.',
    kind: 'append',
    key: ['event_id'],
    partitionBy: 'occurred_at',
    clusterBy: ['order_id'],
    columns: [
      { ...eventId, fieldId: 1 },
      { name: 'event_type', ...text, fieldId: 2, description: 'What happened.' },
      {
        name: 'schema_version',
        type: 'int64',
        required: true,
        fieldId: 3,
        description: 'The major version of the contract that the message keeps.',
      },
      {
        name: 'order_id',
        type: 'string',
        required: false,
        fieldId: 4,
        description: 'The order it is about; null for an event about something else.',
      },
      { ...versionField, fieldId: 5 },
      { ...occurredAt, fieldId: 6 },
      { ...contentHash, fieldId: 7 },
      { name: 'payload', ...text, fieldId: 8, description: 'The body of the message, unchanged.' },
      { ...attributes, fieldId: 9 },
      { ...messageId, fieldId: 10 },
      { ...publishedAt, fieldId: 11 },
      { ...receivedAt, fieldId: 12 },
      { ...corrections, fieldId: 13 },
      {
        name: 'worker_version',
        type: 'string',
        required: false,
        fieldId: 14,
        description: 'The worker that took it: version+build; null before there was this column.',
      },
      {
        name: 'delivery_attempt',
        type: 'int64',
        required: false,
        fieldId: 15,
        description: 'How often Pub/Sub had handed it out; null where the subscription does not count.',
      },
    ],
  },
  dead_letters: {
    name: 'dead_letters',
    description: 'Every message that could not be taken, whole, with the reason: to repair and replay.',
    // A redelivered message replaces its letter instead of adding one. Two messages that name the same event are
    // two letters: either may hold the good half.
    kind: 'upsert',
    key: ['message_id', 'sink'],
    partitionBy: 'published_at',
    clusterBy: ['message_id', 'sink'],
    columns: [
      { ...eventId, fieldId: 1 },
      {
        name: 'reason',
        ...text,
        accepted: deadReasons,
        fieldId: 2,
        description: 'Why, as a stable code.',
      },
      {
        name: 'path',
        ...text,
        fieldId: 3,
        description: 'Where in the message, as a JSON Pointer; empty: the whole.',
      },
      { name: 'expected', ...text, fieldId: 4, description: 'What would have been accepted.' },
      { name: 'got', ...text, fieldId: 5, description: 'What was there, cut to 200 characters.' },
      { name: 'step', ...text, fieldId: 6, description: 'The step that gave it up.' },
      { name: 'sink', ...text, fieldId: 7, description: 'The sink it was on its way to.' },
      {
        name: 'attempts',
        type: 'int64',
        required: true,
        fieldId: 8,
        description: 'How often it was delivered until then.',
      },
      {
        name: 'payload',
        type: 'bytes',
        required: true,
        fieldId: 9,
        description: 'The body of the message, byte for byte: it need not be text.',
      },
      { ...attributes, fieldId: 10 },
      { ...messageId, fieldId: 11 },
      { ...publishedAt, fieldId: 12 },
      { ...receivedAt, fieldId: 13 },
    ],
  },
} as const satisfies { readonly [name: string]: Omit<Table, 'name'> & { readonly name: string } };

export type TableName = keyof typeof tables;

/** A row in memory, everywhere: keyed by column name; money in cents, instants in µs, JSON as text. */
export type Row<T extends TableName> = ValuesOf<(typeof tables)[T]['columns']>;

/** The rows that one good event becomes. */
export type Rows = { readonly [T in Exclude<TableName, 'dead_letters'>]: readonly Row<T>[] };
