import { contentHashOf, type DeadReason, type EventType } from '../contracts/index.ts';
import type { DefectName } from './defects.ts';
import type { Happening, Kind } from './happening.ts';
import type { LedgerLine } from './ledger.ts';
import type { Teller } from './teller.ts';
import { attributesOf, attributesOfTold, bytesOf, type Told, type Wire, wireOf } from './wire.ts';

/** A message to send, and what must become of it. */
export interface Publication {
  readonly bytes: Uint8Array;
  readonly attributes: Record<string, string>;
  readonly ledger: LedgerLine;
  readonly eventType: EventType;
  /** When it is sent, in microseconds of the shop's own time. */
  readonly at: number;
}

/** A message as it should be. `name`: it is sent at an odd time, or again. */
export function sound(teller: Teller, happening: Happening, name: DefectName | null): Publication {
  return new Sound(teller, happening, name);
}

const eventTypes: { readonly [K in Kind]: EventType } = {
  seller: 'seller.changed',
  product: 'product.changed',
  customer: 'customer.changed',
  click: 'clickstream',
  placed: 'order.placed',
  status: 'order.status_changed',
};

/**
 * The bytes are made at once; the ledger line costs as much again (the hash over the content) and is made when
 * somebody asks, from the happening alone.
 */
class Sound implements Publication {
  readonly bytes: Uint8Array;
  readonly eventType: EventType;
  readonly at: number;
  private readonly teller: Teller;
  private readonly happening: Happening;
  private readonly defect: DefectName | null;
  private told: Told | undefined;

  constructor(teller: Teller, happening: Happening, defect: DefectName | null) {
    this.teller = teller;
    this.happening = happening;
    this.defect = defect;
    this.at = happening.at;
    this.eventType = eventTypes[happening.kind];
    this.bytes = teller.bytes(happening);
  }

  get attributes(): Record<string, string> {
    return attributesOfTold(this.tell());
  }

  get ledger(): LedgerLine {
    return lineOf(this.tell(), this.defect, 'ok');
  }

  private tell(): Told {
    this.told ??= this.teller.tell(this.happening);
    return this.told;
  }
}

/** Told otherwise than it happened, and good all the same. */
export function retold(
  happening: Happening,
  told: Told,
  name: DefectName,
  change?: (wire: Wire) => void,
): Publication {
  const wire = wireOf(told);
  change?.(wire);
  return {
    bytes: bytesOf(wire),
    get attributes() {
      return attributesOf(wire);
    },
    get ledger() {
      return lineOf(told, name, 'ok');
    },
    eventType: told.content.eventType,
    at: happening.at,
  };
}

export function disguised(
  happening: Happening,
  told: Told,
  name: DefectName,
  disguise: (wire: Wire) => boolean,
): Publication {
  const wire = wireOf(told);
  // Not every message lends itself to every disguise.
  const [defect, outcome] = disguise(wire) ? ([name, 'corrected'] as const) : ([null, 'ok'] as const);
  return {
    bytes: bytesOf(wire),
    get attributes() {
      return attributesOf(wire);
    },
    get ledger() {
      return lineOf(told, defect, outcome);
    },
    eventType: told.content.eventType,
    at: happening.at,
  };
}

export function corrupted(
  happening: Happening,
  told: Told,
  name: DefectName,
  { reason, damage }: { readonly reason: DeadReason; damage(wire: Wire): Uint8Array },
): Publication {
  const wire = wireOf(told);
  const bytes = damage(wire);
  // After the damage: the attributes repeat the envelope as it was sent.
  return {
    bytes,
    get attributes() {
      return attributesOf(wire);
    },
    get ledger() {
      return deadLineOf(told, name, reason);
    },
    eventType: told.content.eventType,
    at: happening.at,
  };
}

/** From the event as it happened, never from what the decoder makes of the message. */
export function lineOf(told: Told, defect: string | null, outcome: 'ok' | 'corrected'): LedgerLine {
  const { content } = told;
  const order = 'order' in content ? content.order : undefined;
  const [items, payments] =
    content.eventType === 'order.placed' ? [content.items, content.payments] : [[], []];
  return {
    event_id: told.eventId,
    event_type: content.eventType,
    subject: subjectOf(told),
    order_id: order?.order_id ?? null,
    defect,
    outcome,
    reason: null,
    version: versionOf(told),
    occurred_at: told.occurredAt,
    content_hash: contentHashOf(content),
    items: items.length,
    payments: payments.length,
    items_cents: items.reduce((sum, item) => sum + item.price, 0),
    freight_cents: items.reduce((sum, item) => sum + item.freight_value, 0),
    payments_cents: payments.reduce((sum, payment) => sum + payment.payment_value, 0),
  };
}

/** Nothing of it may stand in any table. */
export function deadLineOf(told: Told, defect: string | null, reason: DeadReason): LedgerLine {
  const nothing = { items: 0, payments: 0, items_cents: 0, freight_cents: 0, payments_cents: 0 };
  const dead = { order_id: null, outcome: 'dead', reason, content_hash: '' } as const;
  return { ...lineOf(told, defect, 'ok'), ...nothing, ...dead };
}

function subjectOf({ eventId, content }: Told): string {
  switch (content.eventType) {
    case 'order.placed':
    case 'order.status_changed':
      return content.order.order_id;
    case 'customer.changed':
      return content.customer.customer_unique_id;
    case 'product.changed':
      return content.product.product_id;
    case 'seller.changed':
      return content.seller.seller_id;
    case 'clickstream':
      return eventId;
  }
}

function versionOf({ content }: Told): number {
  switch (content.eventType) {
    case 'order.placed':
    case 'order.status_changed':
      return content.order.version;
    case 'customer.changed':
      return content.customer.version;
    case 'product.changed':
      return content.product.version;
    case 'seller.changed':
      return content.seller.version;
    case 'clickstream':
      return 1;
  }
}
