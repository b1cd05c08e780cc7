import { ServiceError } from '../../frame/index.ts';
import type { AckOutcome, Subscription } from '../broker/subscription.ts';
import { type AckId, ackIdText } from '../wire/ack-id.ts';
import { errorInfo } from '../wire/error-info.ts';

/** What became of the ids of one request; only subscriptions with exactly-once delivery tell it. */
export class Settlement {
  readonly done: string[] = [];
  readonly invalid: string[] = [];
  readonly unordered: string[] = [];
  readonly #exactlyOnce: boolean;

  constructor(subscription: Subscription) {
    this.#exactlyOnce = subscription.settings.exactlyOnce;
  }

  add(ackId: AckId, outcome: AckOutcome): void {
    if (!this.#exactlyOnce) return;
    this[outcome].push(ackIdText(ackId));
  }

  /** Without exactly-once, ids of what is settled already change nothing: acks are best effort. */
  throwFailures(): void {
    if (this.invalid.length === 0 && this.unordered.length === 0) return;
    const reasons = [
      ...this.invalid.map((id) => [id, 'PERMANENT_FAILURE_INVALID_ACK_ID'] as const),
      ...this.unordered.map((id) => [id, 'TRANSIENT_FAILURE_UNORDERED_ACK_ID'] as const),
    ];
    throw new ServiceError(
      'FAILED_PRECONDITION',
      'Some acknowledgement ids in the request were invalid. This could be because the acknowledgement ids have expired or the acknowledgement ids were malformed.',
      {
        details: [errorInfo(reasons[0]?.[1] ?? '', 'pubsub.googleapis.com', Object.fromEntries(reasons))],
      },
    );
  }
}

export function acknowledgeAll(subscription: Subscription, ackIds: readonly AckId[]): Settlement {
  const settlement = new Settlement(subscription);
  for (const ackId of ackIds) {
    const isOwn = ackId.subscription === subscription.number;
    settlement.add(ackId, isOwn ? subscription.ack(ackId.messageId, ackId.attempt) : 'invalid');
  }
  return settlement;
}

export function modifyDeadline(
  subscription: Subscription,
  ackId: AckId,
  seconds: number,
  settlement: Settlement,
): void {
  const isOwn = ackId.subscription === subscription.number;
  const { messageId, attempt } = ackId;
  settlement.add(ackId, isOwn ? subscription.modifyDeadline(messageId, attempt, seconds) : 'invalid');
}
