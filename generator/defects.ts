import type { DeadReason, Instant, Money } from '../contracts/index.ts';
import { InputError, nearest } from '../runtime/index.ts';
import type { Happening, Kind } from './happening.ts';
import { Random, scrambled } from './random.ts';
import { wallClockText } from './sao-paulo-clock.ts';
import { bytesOf, type Part, type Told, type Wire } from './wire.ts';

/** How many messages in one are sent with each defect, from 0 to 1, by name. What is not named does not occur. */
export type DefectRates = { readonly [N in DefectName]?: number };

/** What is wrong with a message, and what must become of it. */
export type Defect =
  /** Another way to write the same content; the decoder must find its way back to it. */
  | Based<'correctable', { disguise(wire: Wire): boolean }>
  /** Unacceptable, with the reason that must be given. */
  | Based<'corrupt', { readonly reason: DeadReason; damage(wire: Wire): Uint8Array }>
  /** Odd, but good: the wire is changed, or the event itself, and nothing needs to be put right. */
  | Based<'odd', { change?(wire: Wire): void; retell?(told: Told): Told }>
  /** Good, but sent at another time, or again. */
  | Based<'late' | 'reordered' | 'copy', { readonly otherBytes?: boolean }>;

type Based<F extends string, More> = { readonly family: F; readonly kinds: readonly Kind[] } & More;

const placed: readonly Kind[] = ['placed'];
const orders: readonly Kind[] = ['placed', 'status'];
const all: readonly Kind[] = ['seller', 'product', 'customer', 'click', 'placed', 'status'];

const day = 86_400_000_000;

const table = {
  duplicate_same_bytes: { family: 'copy', kinds: all },
  duplicate_other_bytes: { family: 'copy', kinds: orders, otherBytes: true },
  late: { family: 'late', kinds: all },
  out_of_order: { family: 'reordered', kinds: orders },
  clock_skew: {
    family: 'odd',
    kinds: orders,
    // The producer's clock is three hours behind or one ahead; the purchase itself is dated by the shop's.
    retell: (told) => ({ ...told, occurredAt: skewed(told.occurredAt) }),
  },
  new_optional_field: {
    family: 'odd',
    kinds: orders,
    change: (wire) => {
      part(wire, 'order').gift_wrap = true;
    },
  },
  orphan: { family: 'odd', kinds: ['status'], retell: orphaned },
  untrimmed_city: correctable(orders, (wire) => {
    const order = part(wire, 'order');
    order.customer_city = `  ${order.customer_city} `;
    return true;
  }),
  recased_status: correctable(orders, (wire) => {
    const order = part(wire, 'order');
    order.order_status = String(order.order_status).toUpperCase();
    return true;
  }),
  money_as_number: correctable(placed, (wire) => {
    for (const item of list(wire, 'order_items')) item.price = Number(item.price);
    for (const payment of list(wire, 'order_payments')) payment.payment_value = Number(payment.payment_value);
    return true;
  }),
  time_without_zone: correctable(placed, (wire) => {
    const [item] = list(wire, 'order_items');
    const text = wallClockText(Date.parse(String(item?.shipping_limit_date)));
    if (item === undefined || text === undefined) return false;
    item.shipping_limit_date = text;
    return true;
  }),
  truncated_json: corrupt(all, 'invalid_json', (wire) => {
    const whole = bytesOf(wire);
    return whole.slice(0, Math.floor(whole.length * 0.7));
  }),
  bad_utf8: corrupt(all, 'invalid_utf8', (wire) => {
    const bytes = bytesOf(wire);
    // 0xff occurs nowhere in UTF-8; the first byte of the event id stands right after {"event_id":".
    bytes[13] = 0xff;
    return bytes;
  }),
  wrong_type: changing(placed, 'wrong_type', (wire) => {
    for (const item of list(wire, 'order_items')) item.price = { amount: item.price, currency: 'BRL' };
  }),
  unknown_enum: changing(orders, 'unknown_value', (wire) => {
    part(wire, 'order').order_status = 'teleported';
  }),
  missing_field: changing(orders, 'missing_field', (wire) => {
    delete part(wire, 'order').customer_id;
  }),
  money_does_not_add_up: changing(placed, 'payment_mismatch', (wire) => {
    const [payment] = list(wire, 'order_payments');
    if (payment !== undefined) payment.payment_value = (Number(payment.payment_value) + 12.34).toFixed(2);
  }),
  clock_far_ahead: changing(orders, 'purchase_in_future', (wire) => {
    part(wire, 'order').order_purchase_timestamp = '2199-01-01T00:00:00.000Z';
  }),
  unknown_major_version: changing(all, 'unknown_schema_version', (wire) => {
    wire.schema_version = 99;
  }),
  oversize_field: changing(orders, 'wrong_format', (wire) => {
    part(wire, 'order').customer_city = 'x'.repeat(20_000);
  }),
  // Larger than Pub/Sub takes: for files.
  oversize_body: changing(orders, 'too_large', (wire) => {
    wire.note = 'x'.repeat(10_000_001);
  }),
  proto_key: corrupt(orders, 'forbidden_key', (wire) =>
    // As text: set as a property it would change the prototype of the object here instead of being sent.
    textBytes(JSON.stringify(wire).replace('"order":{', '"order":{"__proto__":{"isAdmin":true},')),
  ),
  deep_nesting: corrupt(all, 'too_deep', (wire) =>
    textBytes(JSON.stringify(wire).replace('{', `{"note":${'['.repeat(500)}${']'.repeat(500)},`)),
  ),
} as const satisfies Readonly<Record<string, Defect>>;

export type DefectName = keyof typeof table;
export const defectNames = Object.keys(table) as readonly DefectName[];

const usual = 0.001;

/** About one message in twenty is not as it should be: what a busy shop sees on a bad day. */
export const defaultDefects: DefectRates = {
  ...Object.fromEntries(defectNames.map((name) => [name, usual])),
  duplicate_same_bytes: 0.01,
  duplicate_other_bytes: 0.005,
  late: 0.005,
  out_of_order: 0.005,
  clock_skew: 0.002,
  orphan: 0.0005,
  untrimmed_city: 0.003,
  money_as_number: 0.003,
  time_without_zone: 0.003,
  oversize_body: 0,
};

export const noDefects: DefectRates = {};

/** Rates as a person wrote them in a file. */
export function readDefectRates(content: unknown): DefectRates {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new InputError('the defects cannot be used', {
      expected: 'an object of rates by name',
      got: typeof content,
    });
  let sum = 0;
  for (const [name, rate] of Object.entries(content)) {
    if (!Object.hasOwn(table, name))
      throw new InputError('there is no such defect', {
        expected: `one of ${defectNames.join(', ')}`,
        got: name,
        ...hint(name),
      });
    if (!(typeof rate === 'number' && rate >= 0 && rate <= 1))
      throw new InputError(`the rate of ${name} cannot be used`, {
        expected: 'a number from 0 to 1',
        got: String(rate),
      });
    sum += rate;
  }
  if (sum > 1)
    throw new InputError('the rates of all defects cannot be used', {
      expected: 'a sum of at most 1',
      got: String(sum),
    });
  return content as DefectRates;
}

function hint(name: string): { action?: string } {
  const close = nearest(name, defectNames);
  return close === undefined ? {} : { action: `Did you mean ${close}?` };
}

/** Says of any happening whether and how its message is defective; draws of its own, so rates change no order. */
export class Lottery {
  private readonly seed: number;
  private readonly names: readonly DefectName[];
  private readonly bounds: readonly number[];
  private readonly total: number;

  constructor(seed: number, rates: DefectRates) {
    this.seed = scrambled(seed ^ 0x646566);
    this.names = defectNames.filter((name) => (rates[name] ?? 0) > 0);
    let sum = 0;
    this.bounds = this.names.map((name) => {
      sum += rates[name] ?? 0;
      return sum;
    });
    this.total = sum;
  }

  defectOf({ kind, number, version }: Happening): { name: DefectName; defect: Defect } | undefined {
    const ticket =
      (scrambled(scrambled(number ^ this.seed) ^ (all.indexOf(kind) * 0x9e3779b1 + version)) >>> 0) /
      0x100000000;
    if (ticket >= this.total) return undefined;
    const name = this.names[this.bounds.findIndex((bound) => ticket < bound)];
    if (name === undefined) return undefined;
    const defect: Defect = table[name];
    return defect.kinds.includes(kind) ? { name, defect } : undefined;
  }
}

/**
 * Another content under the same id: one real more, paid as well, or a day later. The lists keep their lengths,
 * because rows of the copy that loses would stay if they had keys that the winner has not.
 */
export function variedCopy(told: Told): Told {
  const { content } = told;
  if (content.eventType === 'order.placed') {
    const items = content.items.map((item, i) =>
      i > 0 ? item : { ...item, price: (item.price + 100) as Money },
    );
    const payments = content.payments.map((payment, i) =>
      i > 0 ? payment : { ...payment, payment_value: (payment.payment_value + 100) as Money },
    );
    return { ...told, content: { ...content, items, payments } };
  }
  if (content.eventType !== 'order.status_changed') return told;
  const estimated = (content.order.order_estimated_delivery_date ?? 0) + day;
  const order = { ...content.order, order_estimated_delivery_date: estimated as Instant };
  return { ...told, content: { ...content, order } };
}

/** The change of an order that nobody placed: the first digits of its id are another order's, mirrored. */
function orphaned(told: Told): Told {
  const { content } = told;
  if (content.eventType !== 'order.status_changed') return told;
  const order_id = [...content.order.order_id].reverse().join('');
  const { version } = content.order;
  return {
    ...told,
    eventId: `${order_id}-v${version}`,
    content: { ...content, order: { ...content.order, order_id } },
  };
}

function skewed(occurredAt: Instant): Instant {
  const hours = new Random().restart(1, occurredAt).chance(0.5) ? -3 : 1;
  return (occurredAt + hours * 3_600_000_000) as Instant;
}

function correctable(kinds: readonly Kind[], disguise: (wire: Wire) => boolean) {
  return { family: 'correctable', kinds, disguise } as const;
}

function corrupt(kinds: readonly Kind[], reason: DeadReason, damage: (wire: Wire) => Uint8Array) {
  return { family: 'corrupt', kinds, reason, damage } as const;
}

function changing(kinds: readonly Kind[], reason: DeadReason, change: (wire: Wire) => void) {
  return corrupt(kinds, reason, (wire) => {
    change(wire);
    return bytesOf(wire);
  });
}

function part(wire: Wire, name: string): Part {
  return wire[name] as Part;
}

function list(wire: Wire, name: string): readonly Part[] {
  return wire[name] as Part[];
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
