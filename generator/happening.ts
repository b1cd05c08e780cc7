import type { Click } from '../contracts/index.ts';

/** What there is to tell of. The order is the order in which things of one moment are told. */
export const kinds = ['seller', 'product', 'customer', 'click', 'placed', 'status'] as const;
export type Kind = (typeof kinds)[number];

/** Something that happens in the shop at a moment: enough to make its event from, and to say which comes first. */
export interface Happening {
  /** Microseconds; when it is sent, in the shop's own time. */
  readonly at: number;
  readonly kind: Kind;
  /** Of the order, the person, the product or the seller. */
  readonly number: number;
  /** The version of what it is about. */
  readonly version: number;
  /** Delayed: sent now, having happened before. */
  readonly sending: 'first' | 'again' | 'delayed';
  /** When it happened, where that is not when it is sent. */
  readonly happenedAt?: number;
  readonly click?: Click;
}

/** A total order: two runs of one seed never differ in what comes first. */
export function compareHappenings(a: Happening, b: Happening): number {
  return (
    a.at - b.at ||
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    a.number - b.number ||
    a.version - b.version ||
    (a.sending === b.sending ? 0 : a.sending < b.sending ? -1 : 1)
  );
}
