import type { DeadReason } from '../contracts/index.ts';
import { Random } from './random.ts';
import { wallClockText } from './sao-paulo-clock.ts';
import { bytesOf, type Wire } from './wire.ts';

/** How many orders in one are sent with each family of defects, from 0 to 1. */
export interface DefectRates {
  /** Sent again later, byte for byte. */
  readonly duplicateSameBytes: number;
  /** Sent again later with the same id, order and version, but another content. */
  readonly duplicateOtherBytes: number;
  readonly correctable: number;
  readonly corrupt: number;
}

export const defaultDefects: DefectRates = {
  duplicateSameBytes: 0.01,
  duplicateOtherBytes: 0.005,
  correctable: 0.01,
  corrupt: 0.01,
};

export const noDefects: DefectRates = {
  duplicateSameBytes: 0,
  duplicateOtherBytes: 0,
  correctable: 0,
  corrupt: 0,
};

/** Another way to write the same content; the decoder must find its way back to it. */
export interface Correctable {
  readonly family: 'correctable';
  readonly name: string;
  /** Changes the message; false when this one does not lend itself to it. */
  disguise(wire: Wire): boolean;
}

/** What makes a message unacceptable, and the reason that must be given. */
export interface Corrupt {
  readonly family: 'corrupt';
  readonly name: string;
  readonly reason: DeadReason;
  damage(wire: Wire): Uint8Array;
}

export interface Duplicate {
  readonly family: 'duplicate';
  readonly name: 'duplicate_same_bytes' | 'duplicate_other_bytes';
}

export type Defect = Correctable | Corrupt | Duplicate;

const correctable: readonly [Correctable, ...Correctable[]] = [
  {
    family: 'correctable',
    name: 'untrimmed_city',
    disguise({ order }) {
      order.customer_city = `  ${order.customer_city} `;
      return true;
    },
  },
  {
    family: 'correctable',
    name: 'money_as_number',
    disguise({ order_items, order_payments }) {
      for (const item of order_items) item.price = Number(item.price);
      for (const payment of order_payments) payment.payment_value = Number(payment.payment_value);
      return true;
    },
  },
  {
    family: 'correctable',
    name: 'time_without_zone',
    disguise({ order_items: [item] }) {
      const text = wallClockText(Date.parse(String(item.shipping_limit_date)));
      if (text === undefined) return false;
      item.shipping_limit_date = text;
      return true;
    },
  },
];

const corrupt: readonly [Corrupt, ...Corrupt[]] = [
  damaging('truncated_json', 'invalid_json', (wire) => {
    const whole = bytesOf(wire);
    return whole.slice(0, Math.floor(whole.length * 0.7));
  }),
  damaging('bad_utf8', 'invalid_utf8', (wire) => {
    const bytes = bytesOf(wire);
    // 0xff occurs nowhere in UTF-8; the first byte of the event id stands right after {"event_id":".
    bytes[13] = 0xff;
    return bytes;
  }),
  changing('wrong_type', 'wrong_type', ({ order_items: [item] }) => {
    item.price = { amount: item.price, currency: 'BRL' };
  }),
  changing('unknown_enum', 'unknown_value', ({ order }) => {
    order.order_status = 'teleported';
  }),
  changing('missing_field', 'missing_field', ({ order }) => {
    delete order.customer_id;
  }),
  changing('money_does_not_add_up', 'payment_mismatch', ({ order_payments: [payment] }) => {
    payment.payment_value = (Number(payment.payment_value) + 12.34).toFixed(2);
  }),
  changing('unknown_major_version', 'unknown_schema_version', (wire) => {
    wire.schema_version = 2;
  }),
  damaging('proto_key', 'forbidden_key', (wire) =>
    // As text: set as a property it would change the prototype of the object here instead of being sent.
    textBytes(JSON.stringify(wire).replace('"order":{', '"order":{"__proto__":{"isAdmin":true},')),
  ),
  damaging('deep_nesting', 'too_deep', (wire) =>
    textBytes(JSON.stringify(wire).replace('{', `{"note":${'['.repeat(500)}${']'.repeat(500)},`)),
  ),
];

function damaging(name: string, reason: DeadReason, damage: (wire: Wire) => Uint8Array): Corrupt {
  return { family: 'corrupt', name, reason, damage };
}

function changing(name: string, reason: DeadReason, change: (wire: Wire) => void): Corrupt {
  return damaging(name, reason, (wire) => {
    change(wire);
    return bytesOf(wire);
  });
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const sameBytes: Duplicate = { family: 'duplicate', name: 'duplicate_same_bytes' };
const otherBytes: Duplicate = { family: 'duplicate', name: 'duplicate_other_bytes' };

/** Says for any order whether and how it is defective; draws from a stream of its own, so rates change no order. */
export class Lottery {
  private readonly random = new Random();
  private readonly seed: number;
  private readonly rates: DefectRates;

  constructor(seed: number, rates: DefectRates) {
    this.seed = seed ^ 0x646566;
    this.rates = rates;
  }

  defectOf(order: number): Defect | undefined {
    const { duplicateSameBytes, duplicateOtherBytes, correctable: slight, corrupt: grave } = this.rates;
    const random = this.random.restart(this.seed, order);
    let ticket = random.fraction();
    if (ticket < duplicateSameBytes) return sameBytes;
    ticket -= duplicateSameBytes;
    if (ticket < duplicateOtherBytes) return otherBytes;
    ticket -= duplicateOtherBytes;
    if (ticket < slight) return random.pick(correctable);
    ticket -= slight;
    return ticket < grave ? random.pick(corrupt) : undefined;
  }
}
