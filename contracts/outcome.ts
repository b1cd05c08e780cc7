import type { Correction } from './column.ts';
import type { Event } from './event.ts';
import type { Instant } from './values.ts';

/** A message as it was received; decoding depends on nothing else (a contract has no clock). */
export interface Received {
  readonly bytes: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageId: string;
  readonly publishedAt: Instant;
  readonly receivedAt: Instant;
  /** How often it was handed out, where that is counted. */
  readonly deliveryAttempt?: number | null;
}

export interface Rules {
  /** By how much the payments may miss items + freight. */
  readonly paymentToleranceCents: number;
  /** How far after the receipt a purchase may lie: clocks of shops run ahead. */
  readonly futureToleranceMicros: number;
}

export const defaultRules: Rules = {
  paymentToleranceCents: 1,
  futureToleranceMicros: 24 * 3_600_000_000,
};

/** Stable codes: dashboards, alerts and repair scripts know a death by them. Only ever added to. */
export const deadReasons = [
  'too_large',
  'invalid_utf8',
  'lone_surrogate',
  'invalid_json',
  'too_deep',
  'forbidden_key',
  'duplicate_key',
  'too_many_fields',
  'missing_field',
  'wrong_type',
  'wrong_format',
  'out_of_range',
  'unknown_value',
  'unknown_event_type',
  'unknown_schema_version',
  'no_items',
  'duplicate_item',
  'duplicate_payment',
  'foreign_item',
  'foreign_payment',
  'negative_money',
  'purchase_in_future',
  'payment_mismatch',
  'refused_by_sink',
  'decoder_defect',
] as const;
export type DeadReason = (typeof deadReasons)[number];

export interface Death {
  readonly eventId: string;
  readonly reason: DeadReason;
  /** JSON Pointer into the message; empty: the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

export type Outcome =
  | { readonly kind: 'ok'; readonly event: Event }
  | { readonly kind: 'corrected'; readonly event: Event; readonly corrections: readonly Correction[] }
  | { readonly kind: 'dead'; readonly death: Death };
