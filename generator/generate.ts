import { contentHash, type Instant, type Money } from '../contracts/index.ts';
import { InputError } from '../runtime/index.ts';
import { type Correctable, type Corrupt, type DefectRates, type Duplicate, Lottery } from './defects.ts';
import type { LedgerLine } from './ledger.ts';
import { type Placed, Shop } from './shop.ts';
import { attributesOf, bytesOf, wireOf } from './wire.ts';

export interface Publication {
  readonly bytes: Uint8Array;
  readonly attributes: Record<string, string>;
  readonly ledger: LedgerLine;
}

export interface GenerateOptions {
  readonly seed: number;
  /** How many orders; Infinity is allowed. */
  readonly orders: number;
  /** When the shop opens: the first purchase follows the first midnight in São Paulo from then on. */
  readonly epoch: Instant;
  /** Where to go on: the stream from order N is the tail of the stream from order 0. */
  readonly firstOrder?: number;
  readonly defects: DefectRates;
  /** On an ordinary day; seasons and weekdays vary it. */
  readonly ordersPerDay?: number;
}

/** A copy comes this many orders after its original: in another batch, and across a restart if there is one. */
export const copyDelay = 64;

/** Every message of the shop with what must become of it. One seed gives one stream, byte for byte. */
export function* generate(options: GenerateOptions): Generator<Publication> {
  const { seed, orders, epoch, firstOrder = 0, defects, ordersPerDay = 10_000 } = options;
  checkOptions({ seed, orders, firstOrder, ordersPerDay });
  const shop = new Shop({ seed, epoch, ordersPerDay });
  const lottery = new Lottery(seed, defects);
  for (let number = firstOrder; number < firstOrder + orders; number++) {
    const defect = lottery.defectOf(number);
    const placed = shop.order(number);
    if (defect?.family === 'corrupt') yield corrupted(placed, defect);
    else if (defect?.family === 'correctable') yield disguised(placed, defect);
    else yield sound(placed, null);
    const repeated = number >= copyDelay ? lottery.defectOf(number - copyDelay) : undefined;
    if (repeated?.family === 'duplicate') yield copyOf(shop.order(number - copyDelay), repeated);
  }
}

function sound(placed: Placed, defect: string | null): Publication {
  const wire = wireOf(placed);
  return {
    bytes: bytesOf(wire),
    attributes: attributesOf(wire),
    ledger: lineOf(placed, defect, 'ok'),
  };
}

function disguised(placed: Placed, { name, disguise }: Correctable): Publication {
  const wire = wireOf(placed);
  if (!disguise(wire)) return sound(placed, null);
  return {
    bytes: bytesOf(wire),
    attributes: attributesOf(wire),
    ledger: lineOf(placed, name, 'corrected'),
  };
}

function corrupted(placed: Placed, { name, reason, damage }: Corrupt): Publication {
  const wire = wireOf(placed);
  const bytes = damage(wire);
  const nothing = { items: 0, payments: 0, items_cents: 0, freight_cents: 0, payments_cents: 0 };
  const ledger: LedgerLine = {
    event_id: placed.eventId,
    order_id: null,
    defect: name,
    outcome: 'dead',
    reason,
    version: placed.order.version,
    occurred_at: placed.occurredAt,
    content_hash: '',
    ...nothing,
  };
  // After the damage: the attributes repeat the envelope as it was sent.
  return { bytes, attributes: attributesOf(wire), ledger };
}

/** From the order as it was placed, never from what the decoder makes of the message. */
function lineOf(placed: Placed, defect: string | null, outcome: 'ok' | 'corrected'): LedgerLine {
  const { order, items, payments } = placed;
  return {
    event_id: placed.eventId,
    order_id: order.order_id,
    defect,
    outcome,
    reason: null,
    version: order.version,
    occurred_at: placed.occurredAt,
    content_hash: contentHash(order, items, payments),
    items: items.length,
    payments: payments.length,
    items_cents: items.reduce((sum, item) => sum + item.price, 0),
    freight_cents: items.reduce((sum, item) => sum + item.freight_value, 0),
    payments_cents: payments.reduce((sum, payment) => sum + payment.payment_value, 0),
  };
}

function copyOf(placed: Placed, { name }: Duplicate): Publication {
  return sound(name === 'duplicate_same_bytes' ? placed : varied(placed), name);
}

/**
 * Another content under the same id: one real more, paid as well. The lists keep their lengths, because rows of
 * the copy that loses would stay if they had keys that the winner has not.
 */
function varied(placed: Placed): Placed {
  const [item, ...moreItems] = placed.items;
  const [payment, ...morePayments] = placed.payments;
  return {
    ...placed,
    items: [{ ...item, price: (item.price + 100) as Money }, ...moreItems],
    payments: [{ ...payment, payment_value: (payment.payment_value + 100) as Money }, ...morePayments],
  };
}

function checkOptions(options: Record<'seed' | 'orders' | 'firstOrder' | 'ordersPerDay', number>): void {
  for (const [name, value] of Object.entries(options)) {
    const least = name === 'ordersPerDay' ? 1 : 0;
    const endless = name === 'orders' && value === Number.POSITIVE_INFINITY;
    if (!endless && !(Number.isSafeInteger(value) && value >= least))
      throw new InputError(`the generator cannot use ${name}`, {
        expected: `a whole number from ${least}`,
        got: String(value),
      });
  }
}
