import { clickFields } from './click-fields.ts';
import type { Field } from './column.ts';
import { customerFields, productFields, sellerFields } from './dimension-fields.ts';
import { itemFields, orderFields, paymentFields } from './order-fields.ts';

/** A part of a message beside its envelope: one object, or a list of them. */
export interface EventPart {
  readonly name: string;
  readonly fields: readonly Field[];
  /** A list of at least so many; without it, one object. */
  readonly atLeast?: number;
}

export interface EventDefinition {
  readonly description: string;
  /** The major version: what a producer and the decoder must agree on. */
  readonly schemaVersion: number;
  readonly parts: readonly EventPart[];
}

/** Every event that the contract knows; an event carries the whole row after the change. */
export const events = {
  'order.placed': {
    description: 'An order, whole, as it was placed.',
    schemaVersion: 1,
    parts: [
      { name: 'order', fields: orderFields },
      { name: 'order_items', fields: itemFields, atLeast: 1 },
      { name: 'order_payments', fields: paymentFields, atLeast: 0 },
    ],
  },
  'order.status_changed': {
    description: 'The order after a change of its status; its items and payments stay as they are.',
    schemaVersion: 1,
    parts: [{ name: 'order', fields: orderFields }],
  },
  'customer.changed': {
    description: 'A person who signed up or moved.',
    schemaVersion: 1,
    parts: [{ name: 'customer', fields: customerFields }],
  },
  'product.changed': {
    description: 'A product that is new or was described anew.',
    schemaVersion: 1,
    parts: [{ name: 'product', fields: productFields }],
  },
  'seller.changed': {
    description: 'A seller who joined or moved.',
    schemaVersion: 1,
    parts: [{ name: 'seller', fields: sellerFields }],
  },
  clickstream: {
    description: 'What somebody did in the shop; never changes.',
    schemaVersion: 1,
    parts: [{ name: 'click', fields: clickFields }],
  },
} as const satisfies { readonly [type: string]: EventDefinition };

export type EventType = keyof typeof events;
export const eventTypes = Object.keys(events) as readonly EventType[];

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(events, text);
}

/** The first event there was, and what a body without an envelope is taken for. */
export const eventType = 'order.placed' satisfies EventType;
export const { schemaVersion } = events[eventType];
