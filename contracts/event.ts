import type { Click } from './click-fields.ts';
import type { Customer, Product, Seller } from './dimension-fields.ts';
import type { Order, OrderItem, OrderPayment } from './order-fields.ts';
import type { Instant } from './values.ts';

/** What an event says, apart from which event it is. */
export type Content =
  | {
      readonly eventType: 'order.placed';
      readonly order: Order;
      readonly items: readonly OrderItem[];
      readonly payments: readonly OrderPayment[];
    }
  | { readonly eventType: 'order.status_changed'; readonly order: Order }
  | { readonly eventType: 'customer.changed'; readonly customer: Customer }
  | { readonly eventType: 'product.changed'; readonly product: Product }
  | { readonly eventType: 'seller.changed'; readonly seller: Seller }
  | { readonly eventType: 'clickstream'; readonly click: Click };

/** What a message said beyond the contract, by the part it belongs to and by name. */
export type AdditionalFields = ReadonlyMap<object, Readonly<Record<string, unknown>>>;

export interface EventHead {
  readonly eventId: string;
  readonly schemaVersion: number;
  readonly occurredAt: Instant;
  /** Of what the event is about; 1 for what never changes. */
  readonly version: number;
  /** 16 hex digits over the content after correction. */
  readonly contentHash: string;
  /** What the message said beyond the contract, by the part it belongs to; null when it said nothing more. */
  readonly additional: AdditionalFields | null;
}

/** An event, validated and corrected; `eventType` tells which content it has. */
export type Event = Content & EventHead;
export type EventOf<T extends Content['eventType']> = Extract<Content, { eventType: T }> & EventHead;
