import type { Correction } from './column.ts';
import type { Death, Event, Received } from './outcome.ts';
import type { Row, Rows } from './tables.ts';

/** The rows that an event becomes in every sink. */
export function rowsOf(event: Event, message: Received, corrections: readonly Correction[]): Rows {
  const corrected = corrections.length === 0 ? null : JSON.stringify(corrections);
  const carried = {
    event_id: event.eventId,
    version: event.version,
    occurred_at: event.occurredAt,
    content_hash: event.contentHash,
    corrections: corrected,
  };
  return {
    orders: [{ ...event.order, ...carried }],
    order_items: event.items.map((item) => ({ ...item, ...carried })),
    order_payments: event.payments.map((payment) => ({ ...payment, ...carried })),
    order_events: [
      {
        ...carried,
        event_type: event.eventType,
        schema_version: event.schemaVersion,
        order_id: event.order.order_id,
        payload: event.payload,
        ...originOf(message),
      },
    ],
  };
}

/** A message that could not be taken, whole, so that it can be repaired and replayed. */
export function deadLetterRow(
  death: Death,
  message: Received,
  where: { readonly step: string; readonly sink: string; readonly attempts: number },
): Row<'dead_letters'> {
  return {
    event_id: death.eventId,
    reason: death.reason,
    path: death.path,
    expected: death.expected,
    got: death.got,
    step: where.step,
    sink: where.sink,
    attempts: where.attempts,
    payload: message.bytes,
    ...originOf(message),
  };
}

function originOf(message: Received) {
  return {
    attributes: JSON.stringify(message.attributes),
    message_id: message.messageId,
    published_at: message.publishedAt,
    received_at: message.receivedAt,
  };
}
