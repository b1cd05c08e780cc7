import type { paymentTypes } from '../contracts/index.ts';
import type { Product } from './catalogue.ts';
import type { Customer } from './customers.ts';
import type { Id } from './random.ts';

export type PaymentType = (typeof paymentTypes)[number];

export interface Line {
  product: Product;
  price: number;
  freight: number;
}

export interface Part {
  type: PaymentType;
  instalments: number;
  value: number;
}

/** An order as it was placed, in numbers only: cents, microseconds, words of ids. Texts are made when asked for. */
export interface Draft {
  readonly number: number;
  readonly id: Id;
  readonly customerId: Id;
  readonly customer: Customer;
  readonly purchase: number;
  /** When the shop tells of it. */
  readonly placedAt: number;
  readonly estimated: number;
  /** Until when the sellers must hand it over. */
  readonly shippingLimit: number;
  readonly fraud: boolean;
  readonly gift: boolean;
  readonly lines: readonly Line[];
  readonly parts: readonly Part[];
}
